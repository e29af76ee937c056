import type { Order, OrderHistory } from './order.entity';

/** Why an attempt came to nothing, as the order shows it until another one does or it is paid. */
export type OrderFailure = Pick<Order, 'failureCode' | 'failureMessage'>;

export const NO_FAILURE: OrderFailure = { failureCode: null, failureMessage: null };

const DECLINED = 'declined: ';

/** The cause by which the history tells a decline; its reason is the gateway's words. */
export function causeOfDecline(code: string): string {
  return `${DECLINED}${code}`;
}

/** What the order showed after an entry of its history, from what it showed before: the row has only the last of it. */
export function failureAfter(
  { toState, cause, reason }: Pick<OrderHistory, 'toState' | 'cause' | 'reason'>,
  before: OrderFailure,
): OrderFailure {
  if (toState === 'Paid') return NO_FAILURE;
  if (!cause.startsWith(DECLINED)) return before;
  return { failureCode: cause.slice(DECLINED.length), failureMessage: reason ?? '' };
}
