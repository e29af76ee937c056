import { MAX_PRODUCT_ID_LENGTH, MAX_PRODUCT_NAME_LENGTH, type GatewayName } from '../gateways';
import type { InputFault } from '../kernel/errors';
import { faultOfText } from '../kernel/text';
import { MAX_CHARGE_WON, isWon, wonInWords } from '../kernel/won';
import type { NewProduct, Price } from './price';

const STORE_PRODUCT_ID = new RegExp(`^(?!\\.+$)[A-Za-z0-9._-]{1,${MAX_PRODUCT_ID_LENGTH}}$`);

export function isStoreProductId(text: string): boolean {
  return STORE_PRODUCT_ID.test(text);
}

/** What of a product a request file could not carry, or would not add up; none when it can be billed. */
export function faultsOfProduct(product: NewProduct): InputFault[] {
  const faults: InputFault[] = [];
  if (!isStoreProductId(product.storeProductId)) {
    faults.push({
      field: 'storeProductId',
      expected: `1 to ${MAX_PRODUCT_ID_LENGTH} characters of A-Z a-z 0-9 . _ -, not only dots`,
    });
  }
  return [...faults, ...faultsOfProductName(product.name), ...faultsOfPrice(product, 'price.')];
}

/** Says which rule of the request file a name breaks, because the file itself has no way to quote or escape. */
export function faultsOfProductName(name: string): InputFault[] {
  if (name.includes(',')) {
    return [{ field: 'name', expected: 'no comma: the request file separates its columns by commas and can’t quote' }];
  }
  const expected = faultOfText(name, 'line', MAX_PRODUCT_NAME_LENGTH);
  return expected === undefined ? [] : [{ field: 'name', expected }];
}

/** @param prefix where the price stands, such as `price.` */
export function faultsOfPrice(price: Price, prefix: string): InputFault[] {
  const { amount, carrierAmount, creditCardAmount, tmembershipAmount } = price;
  const faults: InputFault[] = [];
  if (!isWon(amount) || amount === 0 || amount > MAX_CHARGE_WON) {
    faults.push({ field: `${prefix}amount`, expected: `whole won, 1 to ${wonInWords(MAX_CHARGE_WON)}` });
  }
  const parts = { carrierAmount, creditCardAmount, tmembershipAmount };
  if (Object.values(parts).every((part) => part === null)) return faults;
  for (const [name, part] of Object.entries(parts)) {
    if (!isWon(part)) faults.push({ field: prefix + name, expected: 'whole won, 0 or more' });
  }
  const sum = Object.values(parts).reduce<number>((total, part) => total + (part ?? 0), 0);
  if (faults.length === 0 && sum !== amount) {
    const expected = 'the sum of carrierAmount, creditCardAmount and tmembershipAmount';
    faults.push({ field: `${prefix}amount`, expected });
  }
  return faults;
}

/** Whether a price has T store's parts exactly where T store collects it. @param prefix as of {@link faultsOfPrice} */
export function faultsOfParts({ carrierAmount }: Price, gateway: GatewayName, prefix: string): InputFault[] {
  const isSplit = carrierAmount !== null;
  if (isSplit === (gateway === 'tstore')) return [];
  const expected = isSplit
    ? `no part, nor creditCardAmount and tmembershipAmount: ${gateway} collects the amount as one`
    : 'a part in won, as creditCardAmount and tmembershipAmount: T store collects it in parts';
  return [{ field: `${prefix}carrierAmount`, expected }];
}
