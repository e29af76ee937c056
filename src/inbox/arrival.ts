import { hash } from 'node:crypto';
import type { GatewayName } from '../gateway-account';
import type { ReadMessage } from './webhook';

/** A notification on its way into the database. */
export interface Arrival extends Omit<ReadMessage, 'identity' | 'keptBody'> {
  readonly gateway: GatewayName;
  /** Identifies the message among its gateway's, so that one sent again is counted and not stored again. */
  readonly key: Buffer;
  readonly body: Buffer;
  readonly contentType: string | null;
  readonly sourceAddress: string | null;
  readonly receivedAt: Date;
}

/** The same message as often as it came while one statement was in flight: stored once, counted. */
export interface CountedArrival {
  arrival: Arrival;
  /** Times beyond the first. */
  repeats: number;
}

/** What is as long for every message: SHA-256 over what makes it the same one. */
export function messageKey(identity: ReadMessage['identity']): Buffer {
  return hash('sha256', JSON.stringify(identity), 'buffer');
}
