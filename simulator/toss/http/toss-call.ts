import type { Merchant } from '../merchants';
import type { Members } from './members';

export const CALLS = [
  'confirm',
  'lookup',
  'cancel',
  'create',
  'billing-issue',
  'billing-charge',
  'billing-delete',
  'virtual-account',
  'transactions',
  'settlements',
  'cash-receipt',
] as const;

/** What a call is for, whichever path it comes by: faults choose by it. */
export type CallName = (typeof CALLS)[number];

/** A call that is let in. */
export interface TossRequest {
  merchant: Merchant;
  /** The parts of the path that vary. */
  parameters: readonly string[];
  query: URLSearchParams;
  body: Members;
  /** Where the simulator is reached, for addresses it hands out. */
  baseUrl: string;
}

/** Null is an empty body. */
export interface TossAnswer {
  status: number;
  body: object | null;
}

export type TossHandler = (request: TossRequest) => TossAnswer;

export function ok(body: object | null): TossAnswer {
  return { status: 200, body };
}
