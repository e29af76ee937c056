import { DeclineRules, type ApprovalOf, type DeclineRuleOf } from '../shared/declines';
import type { Customers } from './customers';
import type { Means } from './payments/payment';
import type { Settings } from './settings';

/** A decline may be of one order number, or of one customer. */
export type DeclineSubject = 'orderId' | 'userId';

/** `code` is a `method_result_code`, or NONE for an error without extras. */
export type DeclineRule = DeclineRuleOf<DeclineSubject>;

export type Approval = ApprovalOf<DeclineSubject> & {
  userId: string;
  means: Means;
  /** What the method has to pay: the amount without points and discounts. */
  toPay: number;
};

/** An error without extras is asked for by this. */
export const WITHOUT_EXTRAS = 'NONE';

/** Drawn ones, by the rate: later, new method, later. */
const DRAWN_CODES = ['LACK_BALANCE', '0004', 'LIMIT_ONE_TIME'];

/** The most that money pays at once. */
const MOST_MONEY_WON = 2_000_000;

/** Which approvals are declined: by the card, by wish, by the rate, and by what the customer's money is good for. */
export class Declines extends DeclineRules<DeclineSubject> {
  constructor(
    seed: string,
    private readonly customers: Customers,
    private readonly settings: Settings,
  ) {
    super(seed, 'kakaopay', ['orderId', 'userId'], DRAWN_CODES);
  }

  /** The `method_result_code` of the decline, or NONE; null if there is to be none. */
  reasonFor(approval: Approval, lackOfBalance: string): string | null {
    const { means, toPay, userId } = approval;
    if (means.kind === 'CARD') return means.card.declines ?? this.codeFor(approval);
    const wished = this.codeFor(approval);
    if (wished !== null) return wished;
    if (toPay > MOST_MONEY_WON) return 'LIMIT_ONE_TIME';
    if (this.settings.areBanksClosed()) return 'BANK_FIRM_UNAVAILABLE';
    return this.customers.has(userId, toPay) ? null : lackOfBalance;
  }
}
