import { TossRefusal } from '../error-codes';
import { membersOf, optionalText, requiredOrderId, requiredText, taxFreeOf, type Members } from '../http/members';

/** How a guest is named. */
export const ANONYMOUS = '@@ANONYMOUS';

const PAYMENT_METHODS: readonly string[] = [
  'CARD',
  'TRANSFER',
  'VIRTUAL_ACCOUNT',
  'MOBILE_PHONE',
  'CULTURE_GIFT_CERTIFICATE',
  'FOREIGN_EASY_PAY',
];
const BILLING_METHODS: readonly string[] = ['CARD', 'TRANSFER'];
/** What the first generation of the script calls them. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  카드: 'CARD',
  계좌이체: 'TRANSFER',
  가상계좌: 'VIRTUAL_ACCOUNT',
  휴대폰: 'MOBILE_PHONE',
};

/** Where the buyer goes back to; both null when the page waits for a promise. */
export interface ReturnUrls {
  successUrl: string | null;
  failUrl: string | null;
}

export interface PaymentRequest extends ReturnUrls {
  /** Null where the buyer chooses: the payment widget. */
  method: string | null;
  amount: number;
  taxFreeAmount: number;
  orderId: string;
  orderName: string;
  customerKey: string;
  customerName: string | null;
  useEscrow: boolean;
  metadata: Members | null;
  /** `validHours` or `dueDate` of an account. */
  virtualAccount: Members;
}

export interface BillingRequest extends ReturnUrls {
  method: string;
  customerKey: string;
}

/** What a page asks for by `requestPayment`, of either generation of the script. */
export function readPaymentRequest(body: Members): PaymentRequest {
  const amount = amountOf(body.amount);
  const phone = optionalText(body, 'customerMobilePhone', 15);
  if (phone !== null && !/^\d{8,15}$/.test(phone)) throw new TossRefusal('INVALID_REQUEST', 'customerMobilePhone');
  optionalText(body, 'customerEmail', 100);
  return {
    method: body.method == null ? null : methodOf(body.method, PAYMENT_METHODS),
    amount,
    taxFreeAmount: taxFreeOf(body, amount),
    orderId: requiredOrderId(body),
    orderName: requiredText(body, 'orderName', 100),
    customerKey: body.customerKey == null ? ANONYMOUS : customerKeyOf(body.customerKey),
    customerName: optionalText(body, 'customerName', 100),
    useEscrow: body.useEscrow === true,
    metadata: metadataOf(body.metadata),
    virtualAccount: membersOf(body.virtualAccount) ?? body,
    ...returnUrlsOf(body),
  };
}

/** What a page asks for by `requestBillingAuth`; a guest has no billing. */
export function readBillingRequest(body: Members): BillingRequest {
  const customerKey = customerKeyOf(body.customerKey);
  if (customerKey === ANONYMOUS) throw new TossRefusal('INVALID_REQUEST', 'customerKey');
  return { method: methodOf(body.method, BILLING_METHODS), customerKey, ...returnUrlsOf(body) };
}

function methodOf(value: unknown, known: readonly string[]): string {
  const method = typeof value === 'string' ? (OLD_NAMES[value] ?? value) : '';
  if (!known.includes(method)) throw new TossRefusal('NOT_SUPPORTED_METHOD', 'method');
  return method;
}

/** `{currency, value}`, or a number as the first generation has it; only won are simulated. */
function amountOf(value: unknown): number {
  const members = membersOf(value);
  const amount = members ? members.value : value;
  if (members && members.currency !== 'KRW') throw new TossRefusal('INVALID_REQUEST', 'amount.currency');
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 1) {
    throw new TossRefusal('INVALID_REQUEST', 'amount');
  }
  return amount;
}

function customerKeyOf(value: unknown): string {
  if (value === ANONYMOUS) return ANONYMOUS;
  if (typeof value !== 'string' || !/^[A-Za-z0-9_=.@-]{2,300}$/.test(value)) {
    throw new TossRefusal('INVALID_REQUEST', 'customerKey');
  }
  return value;
}

function metadataOf(value: unknown): Members | null {
  if (value === undefined || value === null) return null;
  const metadata = membersOf(value);
  const pairs = Object.entries(metadata ?? {});
  const fits = pairs.every(
    ([name, text]) => name.length <= 40 && !/[[\]]/.test(name) && typeof text === 'string' && text.length <= 2000,
  );
  if (!metadata || pairs.length > 5 || !fits) throw new TossRefusal('INVALID_REQUEST', 'metadata');
  return metadata;
}

function returnUrlsOf(body: Members): ReturnUrls {
  const [successUrl, failUrl] = ['successUrl', 'failUrl'].map((name) => {
    const url = optionalText(body, name, 2000);
    if (url !== null && !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
      throw new TossRefusal('INVALID_REQUEST', name);
    }
    return url;
  }) as [string | null, string | null];
  if ((successUrl === null) !== (failUrl === null)) throw new TossRefusal('INVALID_REQUEST', 'successUrl and failUrl');
  return { successUrl, failUrl };
}
