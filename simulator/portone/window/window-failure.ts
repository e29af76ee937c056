/** What a window fails with, by the `code` that the page is given. */
export type WindowFailureCode =
  | 'FAILURE_TYPE_PG'
  | 'PaymentAlreadyPaid'
  | 'AmountNotEqualToPredefined'
  | 'StoreNotFound'
  | 'ChannelNotFound'
  | 'MaxTransactionCountReached';

export const WINDOW_WORDS: Readonly<Record<WindowFailureCode, { ko: string; en: string }>> = {
  FAILURE_TYPE_PG: { ko: 'PG사에서 결제에 실패했습니다.', en: 'The payment company said no.' },
  PaymentAlreadyPaid: { ko: '이미 결제되었습니다.', en: 'It is paid already.' },
  AmountNotEqualToPredefined: {
    ko: '사전 등록된 금액과 다릅니다.',
    en: 'The sum is not the one registered beforehand.',
  },
  StoreNotFound: { ko: '상점이 존재하지 않습니다.', en: 'There is no such store.' },
  ChannelNotFound: { ko: '채널이 존재하지 않습니다.', en: 'There is no such channel.' },
  MaxTransactionCountReached: { ko: '결제 시도 횟수를 초과했습니다.', en: 'It was tried too often.' },
};

/** A window that never opens: the page is told why. */
export class WindowFailure extends Error {
  constructor(
    readonly code: WindowFailureCode,
    readonly detail = '',
  ) {
    super(`${code} ${detail}`.trim());
  }
}
