import type { SimulatorClock } from '../../shared/clock';
import { DAY_MS } from '../../shared/durations';
import type { SentAnswer } from '../../shared/http/write-answer';
import { TossRefusal } from '../error-codes';

/** From the first use of a key. */
const KEPT_MS = 15 * DAY_MS;
const LONGEST_KEY = 300;

/** The answer to a key whose first call is under way. */
const UNDER_WAY = 'IDEMPOTENT_REQUEST_PROCESSING';

interface Use {
  firstAt: number;
  /** As it went, to be repeated byte for byte. */
  answer: SentAnswer | null;
}

/**
 * Idempotency as it was measured: bound to key, secret key, method and address and not to the body; 4xx answers are
 * repeated too. A failure of the service itself (5xx) binds nothing, nor does the no for a call that is under way: the same
 * key tries again.
 */
export class IdempotencyKeys {
  private readonly uses = new Map<string, Use>();

  constructor(private readonly clock: SimulatorClock) {}

  /** The first answer, if there was one; throws while the first call is under way. Otherwise the key is taken. */
  take(key: string, scope: readonly string[]): { name: string; replay: SentAnswer | null } {
    if (key.length > LONGEST_KEY) throw new TossRefusal('INVALID_IDEMPOTENCY_KEY');
    const name = [key, ...scope].join('\u0000');
    const use = this.uses.get(name);
    if (use && this.clock.now() - use.firstAt < KEPT_MS) {
      if (use.answer === null) throw new TossRefusal(UNDER_WAY);
      return { name, replay: use.answer };
    }
    this.uses.set(name, { firstAt: this.clock.now(), answer: null });
    return { name, replay: null };
  }

  /** Binds the answer, or frees the key where there is none that stays. */
  settle(name: string, answer: SentAnswer | null): void {
    const use = this.uses.get(name);
    if (!use) return;
    if (answer === null || answer.status >= 500 || answer.text.includes(UNDER_WAY)) this.uses.delete(name);
    else use.answer = answer;
  }
}
