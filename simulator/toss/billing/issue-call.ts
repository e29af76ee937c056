import type { SimulatorClock } from '../../shared/clock';
import { BANKS } from '../banks';
import { maskedNumber } from '../../shared/cards';
import { TossRefusal } from '../error-codes';
import { requiredCustomerKey, requiredText, type Members } from '../http/members';
import { ok, type TossAnswer, type TossRequest } from '../http/toss-call';
import type { Keys } from '../keys';
import { seoulTime } from '../times';
import type { BillingKey, BillingKeys } from './billing-keys';

/** From this version on the two members at the end are gone. */
const WITHOUT_CARD_COMPANY = '2024-06-01';

/** Issuing a billing key, by the current path and by the older one that has the authKey in it. */
export class IssueCall {
  constructor(
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
    private readonly billingKeys: BillingKeys,
  ) {}

  handle({ merchant, body, parameters: [keyInPath] }: TossRequest): TossAnswer {
    const authKey = keyInPath ?? requiredText(body, 'authKey', 300);
    const customerKey = requiredCustomerKey(body);
    const authentication = this.billingKeys.authentication(authKey);
    if (authentication?.merchant !== merchant || authentication.used) throw new TossRefusal('INVALID_BILLING_AUTH');
    if (authentication.customerKey !== customerKey) throw new TossRefusal('NOT_MATCHES_CUSTOMER_KEY');
    authentication.used = true;
    const issued: BillingKey = {
      merchant,
      billingKey: this.keys.billingKey(),
      customerKey,
      means: authentication.means,
      issuedAt: this.clock.now(),
      deletedAt: null,
    };
    this.billingKeys.issued(issued);
    return ok(billingBody(issued));
  }
}

function billingBody({ merchant, billingKey, customerKey, means, issuedAt }: BillingKey): Members {
  const common = {
    mId: merchant.mId,
    customerKey,
    authenticatedAt: seoulTime(issuedAt),
    method: means.method,
    billingKey,
  };
  if (means.method === '계좌이체') {
    const bankName = BANKS[means.bankCode];
    return { ...common, card: null, transfers: [{ bankName, bankAccountNumber: means.accountNumber }] };
  }
  const { issuerCode, acquirerCode, cardType, ownerType, company } = means.card;
  const number = maskedNumber(means.card.number);
  return {
    ...common,
    card: { issuerCode, acquirerCode, number, cardType, ownerType },
    transfers: null,
    ...(merchant.version < WITHOUT_CARD_COMPANY ? { cardCompany: company, cardNumber: number } : {}),
  };
}
