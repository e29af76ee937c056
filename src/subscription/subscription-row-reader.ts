import type { InputFault } from '../kernel/errors';
import { parseSeoulDate, type SeoulDate } from '../kernel/seoul-calendar';
import { parseWon, type Won } from '../kernel/won';
import {
  REQUIRED_COLUMNS,
  SUBSCRIPTION_FILE_COLUMNS,
  withoutFormulaGuard,
  type SubscriptionFileColumn,
} from './subscription-file-columns';
import { faultsOfOrder, type SubscriptionOrder } from './subscription-rules';
import type { Price } from './subscription.repository';

const OVERRIDE_COLUMNS = [
  'amountOverride',
  'carrierAmountOverride',
  'creditCardAmountOverride',
  'tmembershipAmountOverride',
] as const satisfies readonly SubscriptionFileColumn[];

/** The header a file must have, said so that it can be mended. */
export const HEADER_EXPECTATION = `a header of these columns, each once: ${REQUIRED_COLUMNS.join(', ')}; optional: ${SUBSCRIPTION_FILE_COLUMNS.filter((name) => !REQUIRED_COLUMNS.includes(name)).join(', ')}`;

/** @returns whether these are columns of ours, none twice and none missing that must be there */
export function isHeader(names: readonly string[]): names is readonly SubscriptionFileColumn[] {
  const known = new Set<string>(SUBSCRIPTION_FILE_COLUMNS);
  const given = new Set(names);
  return (
    given.size === names.length &&
    names.every((name) => known.has(name)) &&
    REQUIRED_COLUMNS.every((name) => given.has(name))
  );
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
    if (this.faults.length === 0) this.faults = faultsOfOrder(order, this.today).map(asColumn);
    return this.faults.length === 0 ? order : undefined;
  }

  private order(): SubscriptionOrder {
    return {
      customerReference: withoutFormulaGuard(this.text('customerReference')),
      storeProductId: this.text('storeProductId'),
      billingToken: this.text('billingToken'),
      startedOn: this.date('startedOn') ?? this.missing('startedOn', 'a calendar day as YYYY-MM-DD'),
      anchorDay: this.whole('anchorDay'),
      intervalMonths: this.whole('intervalMonths') ?? 1,
      trialUntil: this.date('trialUntil'),
      endsOn: this.date('endsOn'),
      nextBillingOn: this.date('nextBillingOn'),
      priceOverride: this.price(),
    };
  }

  private text(column: SubscriptionFileColumn): string {
    return this.fields[this.header.indexOf(column)] ?? '';
  }

  private date(column: SubscriptionFileColumn): SeoulDate | undefined {
    return this.optional(column, parseSeoulDate, 'a calendar day as YYYY-MM-DD');
  }

  private whole(column: SubscriptionFileColumn): number | undefined {
    return this.optional(column, (text) => (/^\d{1,3}$/.test(text) ? Number(text) : undefined), 'a whole number');
  }

  private price(): Price | undefined {
    if (OVERRIDE_COLUMNS.every((column) => this.text(column) === '')) return undefined;
    const [amount, carrierAmount, creditCardAmount, tmembershipAmount] = OVERRIDE_COLUMNS.map(
      (column) =>
        this.optional(column, parseWon, 'won, in digits only') ??
        this.missing(column, 'stated, as the others of the price'),
    ) as [Won, Won, Won, Won];
    return { amount, carrierAmount, creditCardAmount, tmembershipAmount };
  }

  private optional<Value>(
    column: SubscriptionFileColumn,
    parse: (text: string) => Value | undefined,
    expected: string,
  ): Value | undefined {
    const text = this.text(column);
    if (text === '') return undefined;
    const value = parse(text);
    if (value === undefined) this.faults.push({ field: column, expected });
    return value;
  }

  /** The order is thrown away when there are faults, so what stands in for the value is never used. */
  private missing(column: SubscriptionFileColumn, expected: string): never {
    if (this.text(column) === '') this.faults.push({ field: column, expected });
    return undefined as never;
  }
}

/** `priceOverride.carrierAmount` of the admin API is the column `carrierAmountOverride`. */
function asColumn(fault: InputFault): InputFault {
  const part = /^priceOverride\.(.+)$/.exec(fault.field ?? '')?.[1];
  return part === undefined ? fault : { ...fault, field: `${part}Override` };
}
