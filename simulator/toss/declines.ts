import { hashText, seedOf, unitOf } from '../shared/seeded';
import type { TestCard } from './cards';
import { TossRefusal } from './error-codes';

/** A wish that approvals be declined: every given member must fit. */
export interface DeclineRule {
  code: string;
  orderId?: string;
  customerKey?: string;
  amount?: number;
  /** Declines this many times, then no more; always, if it isn't given. */
  times?: number;
}

export interface Approval {
  orderId: string;
  customerKey: string | null;
  amount: number;
  card: TestCard | null;
}

/** Drawn ones, by the rate: later, new method, never. */
const DRAWN_CODES = ['REJECT_CARD_PAYMENT', 'INVALID_STOPPED_CARD', 'FDS_ERROR'] as const;

/** Which approvals are declined: by the card, by wish, and by a rate that falls on the same orders in every run. */
export class Declines {
  private readonly rules: DeclineRule[] = [];
  private readonly rateSeed: number;
  private readonly codeSeed: number;
  private rate = 0;

  constructor(seed: string) {
    this.rateSeed = seedOf(seed, 'toss-decline');
    this.codeSeed = seedOf(seed, 'toss-code');
  }

  get declineRate(): number {
    return this.rate;
  }

  setRate(rate: number): void {
    this.rate = rate;
  }

  add(rule: DeclineRule): void {
    this.rules.push({ ...rule });
  }

  clear(): void {
    this.rules.length = 0;
    this.rate = 0;
  }

  /** Throws the code of the decline, if there is to be one. */
  check(approval: Approval): void {
    const code = approval.card?.declines ?? this.wished(approval) ?? this.drawn(approval.orderId);
    if (code !== null) throw new TossRefusal(code);
  }

  private wished({ orderId, customerKey, amount }: Approval): string | null {
    const rule = this.rules.find(
      (one) =>
        one.times !== 0 &&
        (one.orderId ?? orderId) === orderId &&
        (one.customerKey ?? customerKey) === customerKey &&
        (one.amount ?? amount) === amount,
    );
    if (!rule) return null;
    if (rule.times !== undefined) rule.times -= 1;
    return rule.code;
  }

  private drawn(orderId: string): string | null {
    const hash = hashText(orderId);
    if (unitOf(hash, this.rateSeed) >= this.rate) return null;
    return DRAWN_CODES[Math.floor(unitOf(hash, this.codeSeed) * DRAWN_CODES.length)] ?? null;
  }
}
