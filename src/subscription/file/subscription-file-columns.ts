/** Columns of a file of subscriptions, in any order, under the names of the admin API. Empty means not stated. */
export const SUBSCRIPTION_FILE_COLUMNS = [
  'customerReference',
  'storeProductId',
  'billingToken',
  'startedOn',
  'anchorDay',
  'intervalMonths',
  'trialUntil',
  'endsOn',
  'nextBillingOn',
  'amountOverride',
  'carrierAmountOverride',
  'creditCardAmountOverride',
  'tmembershipAmountOverride',
] as const;

export type SubscriptionFileColumn = (typeof SUBSCRIPTION_FILE_COLUMNS)[number];

export const REQUIRED_COLUMNS: readonly SubscriptionFileColumn[] = [
  'customerReference',
  'storeProductId',
  'billingToken',
  'startedOn',
];

/** Some ten times a usual line, and above the longest that the columns' own limits allow. */
export const MAX_SUBSCRIPTION_LINE_BYTES = 4_096;

/** What a spreadsheet takes for a formula, so our export puts an apostrophe before it, as spreadsheets do. */
const GUARDED_FORMULA = /^'[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

/** Takes the apostrophe away again that the export guards formulas with. */
export function withoutFormulaGuard(text: string): string {
  return GUARDED_FORMULA.test(text) ? text.slice(1) : text;
}
