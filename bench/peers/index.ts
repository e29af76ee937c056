import { answerOf, startProcess } from '../processes';

export { PeerTables } from './tables';

/** A peer takes a minute for these; for ten times as many nobody would wait. */
const PEER_LINES = 100_000;
/** A round of a peer is long: two are enough, after the one that warms the others up. */
const PEER_ROUNDS = 2;

/** Whether the peers run at this size at all. */
export function havePeers(lines: number): boolean {
  return lines <= PEER_LINES;
}

/** Whether they run in this round; the first, 0, warms up. */
export function isPeerRound(round: number, lines: number): boolean {
  return havePeers(lines) && round > 0 && round <= PEER_ROUNDS;
}

/** The work of a peer, in a process of its own. */
export function peerDoes<Result>(
  peer: 'result-stage' | 'request-file' | 'upload',
  url: string,
  order: object,
): Promise<Result> {
  return answerOf<Result>(startProcess(`../peers/${peer}`, url, JSON.stringify(order)));
}
