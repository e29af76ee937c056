import type { SimulatorClock } from '../../shared/clock';
import { DAY_MS } from '../../shared/durations';
import { KeptKeys } from '../../shared/http/idempotency';
import type { SentAnswer } from '../../shared/http/write-answer';
import { TossRefusal } from '../error-codes';

/** From the first use of a key. */
const KEPT_MS = 15 * DAY_MS;
const LONGEST_KEY = 300;

/** The answer to a key whose first call is under way. */
const UNDER_WAY = 'IDEMPOTENT_REQUEST_PROCESSING';

/**
 * Idempotency as it was measured: bound to key, secret key, method and address and not to the body; 4xx answers are
 * repeated too. A failure of the service itself (5xx) binds nothing, nor does the no for a call that is under way: the same
 * key tries again.
 */
export class IdempotencyKeys {
  private readonly kept: KeptKeys;

  constructor(clock: SimulatorClock) {
    this.kept = new KeptKeys(clock, KEPT_MS);
  }

  /** The first answer, if there was one; throws while the first call is under way. Otherwise the key is taken. */
  take(key: string, scope: readonly string[]): { name: string; replay: SentAnswer | null } {
    if (key.length > LONGEST_KEY) throw new TossRefusal('INVALID_IDEMPOTENCY_KEY');
    const name = [key, ...scope].join('\u0000');
    const state = this.kept.take(name);
    if (state.kind === 'under-way') throw new TossRefusal(UNDER_WAY);
    return { name, replay: state.kind === 'done' ? state.answer : null };
  }

  settle(name: string, answer: SentAnswer | null): void {
    const isKept = answer !== null && answer.status < 500 && !answer.text.includes(UNDER_WAY);
    this.kept.settle(name, isKept ? answer : null);
  }
}
