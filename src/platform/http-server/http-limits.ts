/** What strangers can make the server hold, and for how long. */
export interface HttpLimits {
  /** Milliseconds from the moment a request may begin to the end of its head. */
  headMs: number;
  /** Milliseconds for a body that is read into memory, and for what a sender still sends behind its answer. */
  bodyMs: number;
  /** How often, in milliseconds, those who broke the two above are looked for. */
  checkMs: number;
  /** Open connections; beyond them, new ones are refused before they cost any memory. */
  connections: number;
  /** From so many open connections on, each new one takes the place of the one that has kept us waiting longest. */
  crowdedConnections: number;
}

export const HTTP_LIMITS: HttpLimits = {
  // An honest client sends its head at once.
  headMs: 10_000,
  // Such a body has at most 1 MB; whoever needs longer for it is holding us up on purpose.
  bodyMs: 15_000,
  checkMs: 1_000,
  connections: 10_000,
  // Apart by twice the 511 that the system keeps waiting for us to accept: so many may come before one is ended.
  crowdedConnections: 9_000,
};
