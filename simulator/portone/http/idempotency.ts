import type { SimulatorClock } from '../../shared/clock';
import { HOUR_MS } from '../../shared/durations';
import { KeptKeys } from '../../shared/http/idempotency';
import type { SentAnswer } from '../../shared/http/write-answer';
import { PortOneRefusal } from '../error-types';

const KEPT_MS = 3 * HOUR_MS;
const KEY = /^[\x21-\x7e]{16,256}$/;

/**
 * The key in double quotes (RFC 8941), or bare as an older page has it: both are the same key. A key of another request is
 * forbidden; what that answers nobody has said.
 */
export class IdempotencyKeys {
  private readonly kept: KeptKeys;

  constructor(clock: SimulatorClock) {
    this.kept = new KeptKeys(clock, KEPT_MS);
  }

  /** The first answer, if there was one; throws while the first call is under way. Otherwise the key is taken. */
  take(header: string, secret: string, request: string): { name: string; replay: SentAnswer | null } {
    const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
    if (!KEY.test(key)) throw new PortOneRefusal('INVALID_REQUEST', 'Idempotency-Key');
    const name = `${secret}\u0000${key}`;
    const state = this.kept.take(name, request);
    if (state.kind === 'under-way') throw new PortOneRefusal('IDEMPOTENCY_OUTSTANDING_REQUEST');
    if (state.kind === 'other-request')
      throw new PortOneRefusal('INVALID_REQUEST', 'Idempotency-Key of another request');
    return { name, replay: state.kind === 'done' ? state.answer : null };
  }

  settle(name: string, answer: SentAnswer | null): void {
    this.kept.settle(name, answer);
  }
}
