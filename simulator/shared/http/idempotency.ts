import type { SimulatorClock } from '../clock';
import type { SentAnswer } from './write-answer';

interface Use {
  firstAt: number;
  /** What it was first used for. */
  fingerprint: string;
  /** As it went, to be repeated byte for byte; null while the first call is under way. */
  answer: SentAnswer | null;
}

/** What a key is good for: the first call of it, or what became of that. */
export type KeyState = { kind: 'new' | 'under-way' | 'other-request' } | { kind: 'done'; answer: SentAnswer };

/** Idempotency keys from their first use on, as long as the gateway keeps them. */
export class KeptKeys {
  private readonly uses = new Map<string, Use>();

  constructor(
    private readonly clock: SimulatorClock,
    private readonly keptMs: number,
  ) {}

  /** Takes the key, unless it was used already. */
  take(name: string, fingerprint = ''): KeyState {
    const use = this.uses.get(name);
    if (use && this.clock.now() - use.firstAt < this.keptMs) {
      if (use.fingerprint !== fingerprint) return { kind: 'other-request' };
      return use.answer === null ? { kind: 'under-way' } : { kind: 'done', answer: use.answer };
    }
    this.uses.set(name, { firstAt: this.clock.now(), fingerprint, answer: null });
    return { kind: 'new' };
  }

  /** Binds the answer, or frees the key where there is none that stays. */
  settle(name: string, answer: SentAnswer | null): void {
    const use = this.uses.get(name);
    if (!use) return;
    if (answer === null) this.uses.delete(name);
    else use.answer = answer;
  }
}
