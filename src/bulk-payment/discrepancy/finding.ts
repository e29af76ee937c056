/** What a difference between a job's charges and its result lines is called. */
export const DISCREPANCY_KINDS = [
  'missing',
  'duplicate',
  'unknown-order',
  'amount-mismatch',
  'identity-mismatch',
  'malformed',
  'unclear-outcome',
  'transaction-shared',
] as const;

export type DiscrepancyKind = (typeof DISCREPANCY_KINDS)[number];

/** What reconciliation finds about a result line, or, for `missing`, about a charge without one. */
export type Finding = 'matched-paid' | 'matched-declined' | DiscrepancyKind;

/** How often each kind was found: lines for all kinds but `missing`, which counts charges. Kinds not found are absent. */
export type FindingCounts = Partial<Record<Finding, number>>;
