import type { Members } from '../../shared/http/members';
import { membersOf } from '../../shared/http/members';
import { vatOf } from '../../shared/vat';
import { PortOneRefusal } from '../error-types';
import { invalid, optionalMembers, optionalTexts, reader } from '../http/members';
import type { Amount } from '../payments/amount';
import type { PaymentRequest } from '../payments/payment';
import { channelOf, type Channel } from '../stores';
import type { BillingKey } from './billing-keys';
import { customerIn } from './key-calls';

/** What a billing key is to be charged for. */
export function chargeRequestOf(key: BillingKey, body: Members): PaymentRequest {
  const channel = chargedChannel(key, body);
  if (reader.requiredText(body, 'currency', 3) !== 'KRW') throw invalid('currency');
  const products = body.products;
  return {
    channel,
    orderName: reader.requiredText(body, 'orderName', 200),
    amount: amountOf(body),
    customer: customerIn(body),
    customData: reader.optionalText(body, 'customData', 10_000),
    products: Array.isArray(products) ? products.map(membersOf).filter((one) => one !== null) : null,
    productCount: reader.optionalAmount(body, 'productCount'),
    country: reader.optionalText(body, 'country', 2),
    origin: { platformType: 'API', userAgent: null, url: null, ipAddress: '203.0.113.9' },
    noticeUrls: optionalTexts(body, 'noticeUrls') ?? [],
  };
}

/** The channel that issued the key: another one can't charge it. */
function chargedChannel({ store, channel }: BillingKey, body: Members): Channel {
  const wanted = reader.optionalText(body, 'channelKey', 200);
  if (wanted === null || wanted === channel.key) return channel;
  throw new PortOneRefusal('CHANNEL_NOT_FOUND', channelOf(store, wanted) ? 'not the billing key’s' : '');
}

function amountOf(body: Members): Amount {
  const amount = optionalMembers(body, 'amount');
  if (amount === null) throw invalid('amount');
  const total = reader.requiredAmount(amount, 'total');
  if (total < 1) throw invalid('amount.total');
  const taxFree = reader.optionalAmount(amount, 'taxFree') ?? 0;
  const vat = reader.optionalAmount(amount, 'vat') ?? (taxFree > total ? 0 : vatOf(total, taxFree));
  if (taxFree + vat > total) throw new PortOneRefusal('SUM_OF_PARTS_EXCEEDS_TOTAL_AMOUNT');
  return { total, taxFree, vat };
}
