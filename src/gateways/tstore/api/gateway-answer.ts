import type { UnansweredReason } from '../../../platform/http-client';

export interface GatewaySuccess<T> {
  kind: 'success';
  value: T;
}

/** The gateway said no, in a way whose meaning is known: it did not do what was asked. */
export interface GatewayRefusal {
  kind: 'refused';
  httpStatus: number;
  /** One of those that are known to be a refusal; absent only from a 401 that has none. */
  resultCode?: string;
  resultMessage: string;
  /** The access token was not accepted; a new one may help. */
  unauthorized: boolean;
}

export type UnknownReason =
  | UnansweredReason
  | 'server-error'
  /** A no whose meaning nobody knows: the code is in no list, or the status speaks of load and not of the request. */
  | 'unknown-refusal'
  | 'unexpected-status'
  | 'unreadable-answer'
  /** Success, said before the whole request was sent: it can't be an answer to all of it. */
  | 'answered-early';

/** Nobody knows what the gateway did; neither success nor failure. */
export interface GatewayUnknown {
  kind: 'unknown';
  reason: UnknownReason;
  /** For people and logs; without secrets. */
  message: string;
  /** `false` only if it is certain that nothing of the request left this process. */
  mayHaveArrived: boolean;
}

/** What became of a call to the gateway. */
export type GatewayAnswer<T> = GatewaySuccess<T> | GatewayRefusal | GatewayUnknown;
