import type { InputFault } from '../../kernel/errors';
import { STATED_DAY, parseStatedDate, type SeoulDate } from '../../kernel/seoul-calendar';
import { normalizeText } from '../../kernel/text';
import { parseWon } from '../../kernel/won';
import type { Price } from '../../product';
import {
  REQUIRED_COLUMNS,
  SUBSCRIPTION_FILE_COLUMNS,
  withoutFormulaGuard,
  type SubscriptionFileColumn,
} from './subscription-file-columns';
import { faultsOfOrder, type SubscriptionOrder } from '../subscription-rules';

const OVERRIDE_COLUMNS = [
  'amountOverride',
  'carrierAmountOverride',
  'creditCardAmountOverride',
  'tmembershipAmountOverride',
] as const satisfies readonly SubscriptionFileColumn[];

/** The header a file must have, said so that it can be mended. */
export const HEADER_EXPECTATION = `a header of these columns, each once: ${REQUIRED_COLUMNS.join(', ')}; optional: ${SUBSCRIPTION_FILE_COLUMNS.filter((name) => !REQUIRED_COLUMNS.includes(name)).join(', ')}`;

/**
 * What of a header is not as it must be: columns that are missing, by name; and those that are not ours, by their place,
 * because a file without a header has a billing token there.
 */
export function faultsOfHeader(names: readonly string[]): InputFault[] {
  const isOurs = (name: string): boolean => SUBSCRIPTION_FILE_COLUMNS.some((column) => column === name);
  if (!names.some(isOurs)) return [{ expected: HEADER_EXPECTATION }];
  const missing = REQUIRED_COLUMNS.filter((column) => !names.includes(column));
  return [
    ...missing.map((field) => ({ field, expected: 'this column' })),
    ...names.flatMap((name, index) => {
      const field = `column ${index + 1}`;
      if (!isOurs(name)) return [{ field, expected: `one of ${SUBSCRIPTION_FILE_COLUMNS.join(', ')}` }];
      return names.indexOf(name) < index ? [{ field, expected: `${name} once` }] : [];
    }),
  ];
}

/** @returns whether these are columns of ours, none twice and none missing that must be there */
export function isHeader(names: readonly string[]): names is readonly SubscriptionFileColumn[] {
  return faultsOfHeader(names).length === 0;
}

/** Reads the fields of one line at a time; what is wrong with it is in {@link faults} afterwards. */
export class SubscriptionRowReader {
  faults: InputFault[] = [];
  private fields: readonly string[] = [];

  constructor(
    private readonly header: readonly SubscriptionFileColumn[],
    private readonly today: SeoulDate,
  ) {}

  /** @returns the order; `undefined` when the line has faults, which name columns and never show values */
  read(fields: readonly string[]): SubscriptionOrder | undefined {
    this.faults = [];
    this.fields = fields;
    if (fields.length !== this.header.length) {
      this.faults.push({ expected: `${this.header.length} columns, as the header has` });
      return undefined;
    }
    const order = this.order();
    if (order === undefined || this.faults.length > 0) return undefined;
    this.faults = faultsOfOrder(order, this.today).map(asColumn);
    return this.faults.length === 0 ? order : undefined;
  }

  /** @returns `undefined`, or an order to be thrown away, when there are faults */
  private order(): SubscriptionOrder | undefined {
    const startedOn = this.required('startedOn', parseStatedDate, STATED_DAY);
    const terms = {
      customerReference: normalizeText(withoutFormulaGuard(this.text('customerReference'))),
      storeProductId: normalizeText(this.text('storeProductId')),
      billingToken: this.text('billingToken'),
      anchorDay: this.whole('anchorDay'),
      intervalMonths: this.whole('intervalMonths') ?? 1,
      trialUntil: this.date('trialUntil'),
      endsOn: this.date('endsOn'),
      nextBillingOn: this.date('nextBillingOn'),
      priceOverride: this.price(),
    };
    return startedOn && { ...terms, startedOn };
  }

  private text(column: SubscriptionFileColumn): string {
    return this.fields[this.header.indexOf(column)] ?? '';
  }

  private date(column: SubscriptionFileColumn): SeoulDate | undefined {
    return this.optional(column, parseStatedDate, STATED_DAY);
  }

  private whole(column: SubscriptionFileColumn): number | undefined {
    return this.optional(column, (text) => (/^\d{1,3}$/.test(text) ? Number(text) : undefined), 'a whole number');
  }

  /** All four amounts or none. */
  private price(): Price | undefined {
    if (OVERRIDE_COLUMNS.every((column) => this.text(column) === '')) return undefined;
    const [amount, carrierAmount, creditCardAmount, tmembershipAmount] = OVERRIDE_COLUMNS.map((column) =>
      this.required(column, parseWon, 'won, in digits only, as the others of the price'),
    );
    if (amount === undefined || carrierAmount === undefined) return undefined;
    if (creditCardAmount === undefined || tmembershipAmount === undefined) return undefined;
    return { amount, carrierAmount, creditCardAmount, tmembershipAmount };
  }

  private optional<Value>(
    column: SubscriptionFileColumn,
    parse: (text: string) => Value | undefined,
    expected: string,
  ): Value | undefined {
    return this.text(column) === '' ? undefined : this.required(column, parse, expected);
  }

  private required<Value>(
    column: SubscriptionFileColumn,
    parse: (text: string) => Value | undefined,
    expected: string,
  ): Value | undefined {
    const value = parse(this.text(column));
    if (value === undefined) this.faults.push({ field: column, expected });
    return value;
  }
}

/** `priceOverride.carrierAmount` of the admin API is the column `carrierAmountOverride`. */
function asColumn(fault: InputFault): InputFault {
  const part = /^priceOverride\.(.+)$/.exec(fault.field ?? '')?.[1];
  return part === undefined ? fault : { ...fault, field: `${part}Override` };
}
