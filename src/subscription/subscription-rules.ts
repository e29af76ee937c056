import type { GatewayName } from '../gateway-account';
import { BILLING_TOKEN_LENGTHS } from '../gateways';
import { DomainError, type InputFault } from '../kernel/errors';
import { billingDateAfter, type SeoulDate } from '../kernel/seoul-calendar';
import { faultOfText } from '../kernel/text';
import { faultsOfParts, faultsOfPrice, isStoreProductId, type Price } from '../product';

/** What a subscription is made from but for what it is paid by, before anything of it is known to be right. */
export interface SubscriptionTerms {
  customerReference: string;
  storeProductId: string;
  startedOn: SeoulDate;
  /** The day of the first billing date unless stated. */
  anchorDay: number | undefined;
  intervalMonths: number;
  trialUntil: SeoulDate | undefined;
  endsOn: SeoulDate | undefined;
  /** The trial's end, or the start, unless stated. */
  nextBillingOn: SeoulDate | undefined;
  priceOverride: Price | undefined;
}

/** One that T store collects. */
export interface SubscriptionOrder extends SubscriptionTerms {
  /** A secret: never log it. */
  billingToken: string;
}

/** One that is paid by a payment method of another gateway. */
export interface SubscriptionByMethod extends SubscriptionTerms {
  paymentMethodId: string;
}

const BILLING_TOKEN = new RegExp(`^(?:${BILLING_TOKEN_LENGTHS.map((length) => `[0-9A-F]{${length}}`).join('|')})$`);

/** Longer than any account name, short enough for an index entry. */
export const MAX_CUSTOMER_REFERENCE_LENGTH = 200;
export const MAX_INTERVAL_MONTHS = 120;

export const BILLING_TOKEN_EXPECTATION = `${BILLING_TOKEN_LENGTHS.join(' or ')} hexadecimal digits in upper case`;
export const METHOD_EXPECTATION = 'the id of an active payment method of this customer';
export const PRODUCT_EXPECTATION = 'the store product id of an active product';
export const ONCE_EXPECTATION = 'a customer who does not have the product yet';

export function isBillingToken(text: string): boolean {
  return BILLING_TOKEN.test(text);
}

export function firstBillingDateOf(order: SubscriptionTerms): SeoulDate {
  return order.nextBillingOn ?? order.trialUntil ?? order.startedOn;
}

export function anchorDayOf(order: SubscriptionTerms): number {
  return order.anchorDay ?? Number(firstBillingDateOf(order).slice(8));
}

/** What of an order is not right, apart from its product, its customer and its method, which only the database knows. */
export function faultsOfOrder(order: SubscriptionOrder | SubscriptionByMethod, today: SeoulDate): InputFault[] {
  const faults: InputFault[] = [];
  const check = (right: boolean, field: string, expected: string): void => {
    if (!right) faults.push({ field, expected });
  };
  const fault = faultOfCustomerReference(order.customerReference);
  if (fault !== undefined) faults.push({ field: 'customerReference', expected: fault });
  check(isStoreProductId(order.storeProductId), 'storeProductId', PRODUCT_EXPECTATION);
  if ('billingToken' in order) check(isBillingToken(order.billingToken), 'billingToken', BILLING_TOKEN_EXPECTATION);
  const { intervalMonths, anchorDay } = order;
  check(isWholeBetween(intervalMonths, 1, MAX_INTERVAL_MONTHS), 'intervalMonths', `1 to ${MAX_INTERVAL_MONTHS}`);
  check(anchorDay === undefined || isWholeBetween(anchorDay, 1, 31), 'anchorDay', '1 to 31');
  if (order.priceOverride) faults.push(...faultsOfPrice(order.priceOverride, 'priceOverride.'));
  return faults.length > 0 ? faults : faultsOfDates(order, today);
}

/** An apostrophe first marks text in spreadsheets and in our export. */
function faultOfCustomerReference(text: string): string | undefined {
  if (text.startsWith("'")) return 'no apostrophe first: it marks text in spreadsheets';
  return faultOfText(text, 'identifier', MAX_CUSTOMER_REFERENCE_LENGTH);
}

function isWholeBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function faultsOfDates(order: SubscriptionTerms, today: SeoulDate): InputFault[] {
  const { startedOn, trialUntil, endsOn, nextBillingOn } = order;
  if (trialUntil !== undefined && trialUntil <= startedOn) {
    return [{ field: 'trialUntil', expected: 'a day after startedOn' }];
  }
  if (endsOn !== undefined && (endsOn <= startedOn || endsOn <= today)) {
    return [{ field: 'endsOn', expected: 'a day after startedOn and after today' }];
  }
  if (nextBillingOn !== undefined && nextBillingOn < (trialUntil ?? startedOn)) {
    return [{ field: 'nextBillingOn', expected: 'a day not before startedOn and trialUntil' }];
  }
  const first = firstBillingDateOf(order);
  // Each run would bill one period more until today is reached: a wrong year in a file must not become money.
  if (first < today) {
    return [{ field: 'nextBillingOn', expected: 'a first billing date of today or later; state it for who has paid' }];
  }
  if (billingDateAfter(first, 0, anchorDayOf(order)) !== first) {
    const expected = 'the day of the first billing date, or a later one if that is the last of its month';
    return [{ field: 'anchorDay', expected }];
  }
  return [];
}

/** @throws {DomainError} `invalid-request` unless a customer's own price is in parts exactly where T store collects it */
export function refusePriceOf(gateway: GatewayName, price: Price): void {
  const faults = faultsOfParts(price, gateway, 'priceOverride.');
  if (faults.length > 0) throw new DomainError('invalid-request', 'The price could not be billed', { faults });
}
