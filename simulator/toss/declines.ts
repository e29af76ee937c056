import { DeclineRules, type ApprovalOf, type DeclineRuleOf } from '../shared/declines';
import type { TestCard } from './cards';
import { TossRefusal } from './error-codes';

/** A decline may be of one order, or of one customer. */
export type DeclineSubject = 'orderId' | 'customerKey';

export type DeclineRule = DeclineRuleOf<DeclineSubject>;

export type Approval = ApprovalOf<DeclineSubject> & { card: TestCard | null };

/** Drawn ones, by the rate: later, new method, never. */
const DRAWN_CODES = ['REJECT_CARD_PAYMENT', 'INVALID_STOPPED_CARD', 'FDS_ERROR'];

/** Which approvals are declined: by the card, by wish, and by the rate. */
export class Declines extends DeclineRules<DeclineSubject> {
  constructor(seed: string) {
    super(seed, 'toss', ['orderId', 'customerKey'], DRAWN_CODES);
  }

  /** Throws the code of the decline, if there is to be one. */
  check(approval: Approval): void {
    const code = approval.card?.declines ?? this.codeFor(approval);
    if (code !== null) throw new TossRefusal(code);
  }
}
