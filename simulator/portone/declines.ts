import { DeclineRules, type ApprovalOf, type DeclineRuleOf } from '../shared/declines';

/** A decline may be of one payment, of one customer, or of one billing key. */
export type DeclineSubject = 'paymentId' | 'customerId' | 'billingKey';
export type DeclineRule = DeclineRuleOf<DeclineSubject>;
export type Approval = ApprovalOf<DeclineSubject>;

/** Drawn ones, by the rate: later, new method, never. */
const DRAWN_CODES = ['REJECT_CARD_PAYMENT', 'INVALID_STOPPED_CARD', 'FDS_ERROR'];

/** Which charges the payment company declines: by wish, and by the rate. Its codes are its own. */
export class Declines extends DeclineRules<DeclineSubject> {
  constructor(seed: string) {
    super(seed, 'portone', ['paymentId', 'customerId', 'billingKey'], DRAWN_CODES);
  }
}
