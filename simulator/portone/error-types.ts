const known = (status: number, message: string): { status: number; message: string } => ({ status, message });

/**
 * Every type that a call can answer with, by decision or by armed fault, and its HTTP status. Messages are the
 * simulator's own: a client shows them and never branches on them.
 */
export const ERRORS = {
  INVALID_REQUEST: known(400, '요청이 올바르지 않습니다.'),
  UNAUTHORIZED: known(401, '인증 정보가 올바르지 않습니다.'),
  FORBIDDEN: known(403, '요청이 거절되었습니다.'),
  IDEMPOTENCY_OUTSTANDING_REQUEST: known(409, '같은 멱등키의 요청이 처리 중입니다.'),

  PAYMENT_NOT_FOUND: known(404, '결제 건이 존재하지 않습니다.'),
  ALREADY_PAID: known(409, '이미 결제되었습니다.'),
  ALREADY_PAID_OR_WAITING: known(409, '이미 결제되었거나 결제 대기 중입니다.'),
  CHANNEL_NOT_FOUND: known(404, '채널이 존재하지 않습니다.'),
  MAX_TRANSACTION_COUNT_REACHED: known(400, '결제 시도 횟수를 초과했습니다.'),
  SUM_OF_PARTS_EXCEEDS_TOTAL_AMOUNT: known(409, '면세 금액과 부가세의 합이 결제 금액을 초과합니다.'),
  DISCOUNT_AMOUNT_EXCEEDS_TOTAL_AMOUNT: known(400, '할인 금액이 결제 금액을 초과합니다.'),
  PROMOTION_PAY_METHOD_DOES_NOT_MATCH: known(400, '프로모션의 결제 수단이 아닙니다.'),
  PG_PROVIDER: known(502, 'PG사에서 오류를 전달했습니다.'),

  BILLING_KEY_NOT_FOUND: known(404, '빌링키가 존재하지 않습니다.'),
  BILLING_KEY_ALREADY_DELETED: known(409, '빌링키가 이미 삭제되었습니다.'),
  BILLING_KEY_NOT_ISSUED: known(404, '빌링키가 발급되지 않았습니다.'),
  BILLING_KEY_ALREADY_ISSUED: known(409, '빌링키가 이미 발급되었습니다.'),
  CHANNEL_SPECIFIC: known(502, '채널에서 오류를 전달했습니다.'),

  PAYMENT_NOT_PAID: known(409, '결제가 완료되지 않았습니다.'),
  PAYMENT_ALREADY_CANCELLED: known(409, '결제가 이미 취소되었습니다.'),
  CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN: known(409, '취소 가능 잔액이 다릅니다.'),
  CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT: known(409, '취소 금액이 취소 가능 금액을 초과합니다.'),
  CANCEL_TAX_AMOUNT_EXCEEDS_CANCELLABLE_TAX_AMOUNT: known(409, '과세 취소 금액이 취소 가능 금액을 초과합니다.'),
  CANCEL_TAX_FREE_AMOUNT_EXCEEDS_CANCELLABLE_TAX_FREE_AMOUNT: known(
    409,
    '면세 취소 금액이 취소 가능 금액을 초과합니다.',
  ),
  SUM_OF_PARTS_EXCEEDS_CANCEL_AMOUNT: known(409, '면세 금액과 부가세의 합이 취소 금액을 초과합니다.'),
  MAX_CANCEL_COUNT_REACHED: known(409, '취소 횟수를 초과했습니다.'),
  NEGATIVE_PROMOTION_ADJUSTED_CANCEL_AMOUNT: known(400, '프로모션이 적용된 취소 금액이 음수입니다.'),
  PROMOTION_DISCOUNT_RETAIN_OPTION_SHOULD_NOT_BE_CHANGED: known(400, '프로모션 할인 유지 옵션을 바꿀 수 없습니다.'),

  INVALID_PAYMENT_TOKEN: known(400, '결제 토큰이 올바르지 않습니다.'),
  INFORMATION_MISMATCH: known(409, '결제 정보가 다릅니다.'),
  PAYMENT_NOT_WAITING_FOR_DEPOSIT: known(409, '입금 대기 상태가 아닙니다.'),

  PAYMENT_SCHEDULE_ALREADY_EXISTS: known(409, '결제 예약이 이미 존재합니다.'),
  PAYMENT_SCHEDULE_NOT_FOUND: known(404, '결제 예약이 존재하지 않습니다.'),
  PAYMENT_SCHEDULE_ALREADY_PROCESSED: known(409, '이미 처리된 결제 예약입니다.'),
  PAYMENT_SCHEDULE_ALREADY_REVOKED: known(409, '이미 취소된 결제 예약입니다.'),

  WEBHOOK_NOT_FOUND: known(404, '웹훅이 존재하지 않습니다.'),
  MAX_WEBHOOK_RETRY_COUNT_REACHED: known(400, '웹훅 재발송 횟수를 초과했습니다.'),
} as const;

export type ErrorType = keyof typeof ERRORS;

export interface ErrorBody {
  type: string;
  message?: string;
  pgCode?: string;
  pgMessage?: string;
}

/** What a type nobody has listed is answered with: a client meets such types too. */
const UNLISTED = known(400, '알 수 없는 오류입니다.');

export function definitionOf(type: string): { status: number; message: string } {
  return Object.hasOwn(ERRORS, type) ? ERRORS[type as ErrorType] : UNLISTED;
}

/** A call's refusal, by its type. */
export class PortOneRefusal extends Error {
  constructor(
    readonly type: ErrorType,
    /** Which member, for the reader's sake. */
    readonly detail = '',
    /** The payment company's own code, of PG_PROVIDER. */
    readonly pgCode: string | null = null,
  ) {
    super(`${type} ${detail}`.trim());
  }
}

/** The answer of a refusal: what PG_PROVIDER has more is the payment company's word. */
export function errorBody(type: string, detail = '', pgCode: string | null = null): ErrorBody {
  const { message } = definitionOf(type);
  return {
    type,
    message: detail === '' ? message : `${message} (${detail})`,
    ...(pgCode === null ? {} : { pgCode, pgMessage: pgMessageOf(pgCode) }),
  };
}

/** Words of payment companies for some of their codes. */
const PG_MESSAGES: Readonly<Record<string, string>> = {
  REJECT_CARD_PAYMENT: '한도초과 혹은 잔액부족으로 결제에 실패했습니다.',
  REJECT_CARD_COMPANY: '결제 승인이 거절되었습니다.',
  INVALID_STOPPED_CARD: '정지된 카드 입니다.',
  INVALID_CARD_EXPIRATION: '카드 유효기간을 다시 확인해주세요.',
  PAY_PROCESS_CANCELED: '사용자에 의해 결제가 취소되었습니다.',
  EXPIRED: '입금 기한이 지났습니다.',
};

export function pgMessageOf(pgCode: string): string {
  return PG_MESSAGES[pgCode] ?? '결제에 실패했습니다.';
}
