import { membersOf, type Members } from '../../shared/http/members';
import { vatOf } from '../../shared/vat';
import type { BillingKeyRequest } from '../billing/billing-keys';
import { invalid, optionalMembers, optionalTexts, optionalWord, reader } from '../http/members';
import type { Amount } from '../payments/amount';
import type { Origin, PaymentRequest } from '../payments/payment';
import { channelOf, type Channel, type Store } from '../stores';
import { WindowFailure } from './window-failure';

export const PAY_METHODS = ['CARD', 'VIRTUAL_ACCOUNT', 'TRANSFER', 'MOBILE', 'GIFT_CERTIFICATE', 'EASY_PAY'] as const;
export type PayMethod = (typeof PAY_METHODS)[number];

/** What a page asks for by `requestPayment`. */
export interface WindowRequest {
  readonly paymentId: string;
  readonly payMethod: PayMethod;
  readonly payment: PaymentRequest;
  readonly customerName: string | null;
  /** `validHours` or `dueDate` of an account. */
  readonly accountExpiry: Members;
  readonly easyPayProvider: string | null;
}

/** Where the browser goes with the result; where there is none, the page waits for its promise. */
export function redirectUrlOf(body: Members): string | null {
  const url = reader.optionalText(body, 'redirectUrl', 2000);
  if (url !== null && !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) throw invalid('redirectUrl');
  return url;
}

export function readPaymentRequest(store: Store, body: Members): WindowRequest {
  const paymentId = reader.requiredText(body, 'paymentId', 200);
  const channel = requiredChannel(store, body);
  const payMethod = optionalWord(body, 'payMethod', PAY_METHODS);
  if (payMethod === null) throw invalid('payMethod');
  requireSupported(channel, payMethod, body);
  const currency = reader.requiredText(body, 'currency', 30);
  // What articles of the first days write.
  if (currency !== 'KRW' && currency !== 'CURRENCY_KRW') throw invalid('currency');
  const virtualAccount = optionalMembers(body, 'virtualAccount');
  const easyPay = optionalMembers(body, 'easyPay');
  const customer = customerOf(body);
  return {
    paymentId,
    payMethod,
    payment: {
      channel,
      orderName: reader.requiredText(body, 'orderName', 200),
      amount: amountOf(body),
      customer,
      customData: customDataOf(body),
      ...productsOf(body),
      origin: originOf(body),
      noticeUrls: optionalTexts(body, 'noticeUrls') ?? [],
    },
    customerName: typeof customer.name === 'string' ? customer.name : null,
    accountExpiry: virtualAccount === null ? {} : (optionalMembers(virtualAccount, 'accountExpiry') ?? {}),
    easyPayProvider: easyPay === null ? null : reader.optionalText(easyPay, 'easyPayProvider', 60),
  };
}

export function requiredChannel(store: Store, body: Members): Channel {
  const key = reader.requiredText(body, 'channelKey', 200);
  const channel = channelOf(store, key);
  if (!channel) throw new WindowFailure('ChannelNotFound', key);
  return channel;
}

export function originOf(body: Members): Origin {
  return {
    platformType: body.isMobile === true ? 'MOBILE' : 'PC',
    userAgent: typeof body.userAgent === 'string' ? body.userAgent : null,
    url: typeof body.pageUrl === 'string' ? body.pageUrl : null,
    ipAddress: '203.0.113.5',
  };
}

/** The browser's customer has its names in other members than the API's. */
export function customerOf(body: Members): Members {
  const customer = optionalMembers(body, 'customer') ?? {};
  const name = customer.fullName ?? [customer.lastName, customer.firstName].filter(Boolean).join('');
  const told = {
    id: customer.customerId,
    name: name === '' ? undefined : name,
    email: customer.email,
    phoneNumber: customer.phoneNumber,
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => typeof value === 'string'));
}

/** An object in the browser is its JSON in the API. */
export function customDataOf({ customData }: Members): string | null {
  if (customData === undefined || customData === null) return null;
  return typeof customData === 'string' ? customData : JSON.stringify(customData);
}

function productsOf(body: Members): Pick<PaymentRequest, 'products' | 'productCount' | 'country'> {
  const { products } = body;
  return {
    products: Array.isArray(products) ? products.map(membersOf).filter((one) => one !== null) : null,
    productCount: reader.optionalAmount(body, 'productCount'),
    country: reader.optionalText(body, 'country', 2),
  };
}

function amountOf(body: Members): Amount {
  const total = reader.requiredAmount(body, 'totalAmount');
  if (total < 1) throw invalid('totalAmount');
  const taxFree = reader.optionalAmount(body, 'taxFreeAmount') ?? 0;
  const vat = reader.optionalAmount(body, 'vatAmount') ?? vatOf(total, taxFree);
  if (taxFree + vat > total) throw invalid('taxFreeAmount and vatAmount');
  return { total, taxFree, vat };
}

function requireSupported({ pgProvider }: Channel, payMethod: PayMethod, body: Members): void {
  if (pgProvider !== 'KAKAOPAY') return;
  if (payMethod !== 'EASY_PAY') throw invalid('payMethod of KakaoPay');
  const locale = reader.optionalText(body, 'locale', 10);
  if (locale !== null && locale !== 'KO_KR') throw invalid('locale of KakaoPay');
}

const BILLING_METHODS = ['CARD', 'TRANSFER', 'EASY_PAY'] as const;

/** What a page asks for by `requestIssueBillingKey`, or with a first payment by `requestIssueBillingKeyAndPay`. */
export interface BillingWindowRequest {
  readonly method: PayMethod;
  readonly provider: string;
  readonly key: BillingKeyRequest;
  readonly first: WindowRequest | null;
}

export function readBillingRequest(store: Store, body: Members): BillingWindowRequest {
  const channel = requiredChannel(store, body);
  const method = optionalWord(body, 'billingKeyMethod', BILLING_METHODS);
  if (method === null) throw invalid('billingKeyMethod');
  const issueName = reader.optionalText(body, 'issueName', 200);
  const isKakaoPay = channel.pgProvider === 'KAKAOPAY';
  if (isKakaoPay && (method !== 'EASY_PAY' || issueName === null)) {
    throw invalid('billingKeyMethod and issueName of KakaoPay');
  }
  return {
    method,
    provider: isKakaoPay ? 'KAKAOPAY' : 'TOSSPAY',
    key: {
      channel,
      customer: customerOf(body),
      customData: customDataOf(body),
      issueId: reader.optionalText(body, 'issueId', 100),
      issueName,
      noticeUrls: optionalTexts(body, 'noticeUrls') ?? [],
    },
    first: body.paymentId === undefined ? null : readPaymentRequest(store, { ...body, payMethod: method }),
  };
}
