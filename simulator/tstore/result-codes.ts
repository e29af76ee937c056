/**
 * The gateway publishes no code but `0000`, so every code here is the simulator's own invention; the leading 8 keeps
 * them apart from `9999`. A client must show such codes and never branch on them.
 */
export const REFUSAL_CODES = {
  unauthorized: '8001',
  unknownAddress: '8002',
  badHeader: '8003',
  badFile: '8004',
  unknownJob: '8005',
  resultNotReady: '8006',
  unknownTransaction: '8007',
  refundMismatch: '8008',
  refundExceeds: '8009',
  notOurMessage: '8010',
  unreadable: '8011',
  tooManyRequests: '8429',
  failure: '8500',
  maintenance: '8503',
} as const;

export interface DeclineReason {
  code: string;
  message: string;
}

/** Drawn by seed and order number; some in Hangul, because real messages are. */
export const DRAWN_DECLINES: readonly DeclineReason[] = [
  { code: '8101', message: '결제 한도 초과' },
  { code: '8102', message: '유효하지 않은 결제 수단' },
  { code: '8103', message: 'Carrier refused the payment' },
];

export const DECLINE_ON_REQUEST: DeclineReason = { code: '8104', message: 'Declined on request' };
export const DECLINE_UNREADABLE: DeclineReason = { code: '8105', message: 'Row could not be read' };
export const DECLINE_OTHER_MERCHANT: DeclineReason = { code: '8106', message: 'Unknown mid' };

/** A row's outcome is one byte: these two, or FIRST_DECLINE plus the index into ALL_DECLINES. */
export const OUTCOME = { waiting: 0, charged: 1, dropped: 2, firstDecline: 3 } as const;

export const ALL_DECLINES: readonly DeclineReason[] = [
  ...DRAWN_DECLINES,
  DECLINE_ON_REQUEST,
  DECLINE_UNREADABLE,
  DECLINE_OTHER_MERCHANT,
];

export function declineOutcome(reason: DeclineReason): number {
  return OUTCOME.firstDecline + ALL_DECLINES.indexOf(reason);
}
