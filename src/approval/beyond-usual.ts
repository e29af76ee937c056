import { counted } from '../kernel/counted';
import { wonInWords } from '../kernel/won';

/** How many charges, and how much. */
export interface Size {
  count: number;
  amount: number;
}

/** The median of what came before, and of how many; numbers may be halves. */
export interface Usual extends Size {
  of: number;
}

/** What is so large or dear that somebody must look at it first. */
export interface UsualRule {
  /** So many times the usual is too much; 0 never asks. */
  factor: number;
  /** No more charges than this are never too many. */
  minCharges: number;
  /** No more won than this are never too dear. */
  minAmount: number;
}

/** Whether a size is asked about at all, whatever the usual is. */
export function mayBeUnusual({ count, amount }: Size, { factor, minCharges, minAmount }: UsualRule): boolean {
  return factor > 0 && (count > minCharges || amount > minAmount);
}

/**
 * @param unit what the usual is the median of, such as `run`
 * @returns why somebody must look at it first; `undefined` when it is within the usual
 */
export function beyondUsual(size: Size, usual: Usual | undefined, rule: UsualRule, unit: string): string | undefined {
  if (!mayBeUnusual(size, rule)) return undefined;
  const { count, amount } = size;
  if (usual === undefined) return `no ${unit} before it to compare with: ${inWords(size)}`;
  const isLarge = count > rule.minCharges && count > rule.factor * usual.count;
  const isDear = amount > rule.minAmount && amount > rule.factor * usual.amount;
  if (!isLarge && !isDear) return undefined;
  return `${inWords(size)}; the usual of ${counted(usual.of, unit)} is ${inWords(usual)}`;
}

function inWords({ count, amount }: Size): string {
  return `${counted(count, 'charge')}, ${wonInWords(amount)}`;
}
