import type { Members } from '../../shared/http/members';
import { cardBody, channelBody } from '../payments/payment-body';
import type { Means } from '../payments/payment';
import { isoText, isoTextOrNone } from '../payments/times';
import type { BillingKey } from './billing-keys';

/** A billing key that was issued, as a lookup shows it: `status` is its tag. */
export function billingKeyBody(key: BillingKey, issuedAt: number): Members {
  const { store, channel, means, customer, customData, issueId, issueName, requestedAt, deletedAt } = key;
  return {
    status: deletedAt === null ? 'ISSUED' : 'DELETED',
    billingKey: key.billingKey,
    merchantId: store.merchantId,
    storeId: store.storeId,
    ...(means === null ? {} : { methods: [methodBody(means)] }),
    channels: [channelBody(channel)],
    customer,
    ...(customData === null ? {} : { customData }),
    ...(issueId === null ? {} : { issueId }),
    ...(issueName === null ? {} : { issueName }),
    requestedAt: isoText(requestedAt),
    issuedAt: isoText(issuedAt),
    ...isoTextOrNone('deletedAt', deletedAt),
  };
}

function methodBody(means: Means): Members {
  if (means.kind === 'card') return { type: 'BillingKeyPaymentMethodCard', card: cardBody(means.card) };
  if (means.kind === 'transfer') return { type: 'BillingKeyPaymentMethodTransfer', bank: means.bank };
  if (means.kind !== 'easyPay') return { type: 'BillingKeyPaymentMethodMobile' };
  const method = { type: 'BillingKeyPaymentMethodEasyPayCharge' };
  return { type: 'BillingKeyPaymentMethodEasyPay', provider: means.provider, method };
}
