export interface ErrorDefinition {
  status: number;
  ko: string;
  en: string;
}

const known = (status: number, ko: string, en: string): ErrorDefinition => ({ status, ko, en });

/**
 * Every code that a call can answer with, by decision, armed fault or test header, and its HTTP status. Messages are
 * the simulator's own: a client shows them and never branches on them.
 */
export const ERRORS: Readonly<Record<string, ErrorDefinition>> = {
  INCORRECT_BASIC_AUTH_FORMAT: known(403, '인증 헤더 형식 오류', 'The Authorization header lacks the colon'),
  UNAUTHORIZED_KEY: known(401, '인증되지 않은 키', 'Unknown key'),
  INVALID_API_KEY: known(400, '잘못된 키', 'The key is of another set or kind'),
  INVALID_REQUEST: known(400, '잘못된 요청', 'Invalid request'),
  INVALID_IDEMPOTENCY_KEY: known(400, '잘못된 멱등키', 'The idempotency key is longer than 300 characters'),
  IDEMPOTENT_REQUEST_PROCESSING: known(409, '이전 요청 처리 중', 'The first request of this key is being processed'),
  FORBIDDEN_REQUEST: known(403, '허용되지 않은 요청', 'Forbidden request'),
  FORBIDDEN_CONSECUTIVE_REQUEST: known(403, '반복 요청 불가', 'Too many requests in a row'),
  NOT_FOUND: known(404, '없는 주소', 'No such address'),
  NOT_FOUND_METHOD: known(404, '없는 메서드', 'No such method at this address'),
  NOT_FOUND_PAYMENT: known(404, '없는 결제', 'No such payment'),
  NOT_FOUND_PAYMENT_SESSION: known(404, '결제 시간 만료', 'The payment session is over or is another order’s'),
  NOT_FOUND_BILLING: known(404, '없는 빌링', 'No such billing'),
  NOT_FOUND_BILLING_KEY: known(404, '없는 빌링키', 'No such billing key'),
  NOT_FOUND_TERMINAL_ID: known(400, '없는 단말기 번호', 'No terminal id'),

  ALREADY_PROCESSED_PAYMENT: known(400, '이미 처리된 결제', 'The payment was processed already'),
  DUPLICATED_ORDER_ID: known(400, '중복된 주문번호', 'The order id was approved already'),
  PROVIDER_ERROR: known(400, '결제 기관 오류', 'The provider failed for a moment'),
  CARD_PROCESSING_ERROR: known(400, '카드사 오류', 'The card company failed'),
  FAILED_INTERNAL_SYSTEM_PROCESSING: known(500, '내부 처리 실패', 'Internal failure'),
  FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING: known(500, '결제 처리 실패', 'Internal failure of the payment'),
  UNKNOWN_PAYMENT_ERROR: known(500, '알 수 없는 오류', 'Unknown failure'),
  COMMON_ERROR: known(500, '일시적 오류', 'Common failure'),
  FAILED_DB_PROCESSING: known(500, '저장 실패', 'The database failed'),
  FAILED_BILLING_AUTO_CANCEL: known(500, '자동 취소 실패', 'The automatic cancellation failed'),
  FAILED_CARD_COMPANY_RESPONSE: known(500, '카드사 응답 없음', 'No answer of the card company'),

  REJECT_CARD_PAYMENT: known(403, '한도 초과 또는 잔액 부족', 'Card limit or balance'),
  REJECT_ACCOUNT_PAYMENT: known(403, '계좌 잔액 부족', 'Account balance'),
  REJECT_CARD_COMPANY: known(403, '카드사 거절', 'Refused by the card company'),
  REJECT_TOSSPAY_INVALID_ACCOUNT: known(403, '사용할 수 없는 계좌', 'The account of the wallet is unusable'),
  EXCEED_MAX_DAILY_PAYMENT_COUNT: known(400, '일일 결제 횟수 초과', 'Too many payments this day'),
  EXCEED_MAX_PAYMENT_AMOUNT: known(400, '결제 한도 초과', 'Payment limit'),
  EXCEED_MAX_MONTHLY_PAYMENT_AMOUNT: known(400, '월 한도 초과', 'Monthly limit'),
  EXCEED_MAX_ONE_DAY_AMOUNT: known(403, '일일 한도 초과', 'Daily limit'),
  EXCEED_MAX_ONE_DAY_WITHDRAW_AMOUNT: known(403, '일일 출금 한도 초과', 'Daily withdrawal limit'),
  EXCEED_MAX_ONE_TIME_WITHDRAW_AMOUNT: known(403, '1회 출금 한도 초과', 'Withdrawal limit'),
  EXCEED_MAX_AUTH_COUNT: known(403, '인증 횟수 초과', 'Too many authentications'),
  EXCEED_MAX_AMOUNT: known(400, '최대 금액 초과', 'More than the largest amount'),
  EXCEED_MAX_CARD_INSTALLMENT_PLAN: known(400, '할부 개월 초과', 'Too many instalments'),
  INVALID_CARD_INSTALLMENT_PLAN: known(400, '잘못된 할부 개월', 'Invalid instalments'),
  NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT: known(400, '할부 미지원', 'No instalments here'),
  NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN: known(400, '할부 미지원 카드', 'No instalments with this card'),
  NOT_ALLOWED_POINT_USE: known(400, '포인트 사용 불가', 'Points can’t be used'),
  NOT_AVAILABLE_BANK: known(403, '은행 점검 시간', 'The bank is closed now'),
  NOT_AVAILABLE_PAYMENT: known(403, '결제 불가 시간', 'No payments at this time'),
  FDS_ERROR: known(403, '위험 거래', 'Suspected fraud'),
  PAY_PROCESS_CANCELED: known(400, '사용자 취소', 'The buyer closed the window'),
  PAY_PROCESS_ABORTED: known(400, '결제 중단', 'The payment was aborted'),

  INVALID_REJECT_CARD: known(400, '사용 불가 카드', 'The card is refused for good'),
  INVALID_STOPPED_CARD: known(400, '정지된 카드', 'The card is stopped'),
  INVALID_CARD_LOST_OR_STOLEN: known(400, '분실 또는 도난 카드', 'The card is lost or stolen'),
  INVALID_CARD_EXPIRATION: known(400, '유효기간 만료', 'The card is expired'),
  INVALID_CARD_NUMBER: known(400, '잘못된 카드 번호', 'Invalid card number'),
  INVALID_CARD_PASSWORD: known(400, '잘못된 카드 비밀번호', 'Invalid card password'),
  INVALID_CARD_IDENTITY: known(400, '본인 정보 불일치', 'Not the card’s holder'),
  INVALID_PASSWORD: known(403, '잘못된 비밀번호', 'Invalid password'),
  RESTRICTED_TRANSFER_ACCOUNT: known(403, '제한된 계좌', 'The account is restricted'),
  INVALID_ACCOUNT_INFO_RE_REGISTER: known(400, '계좌 재등록 필요', 'The account must be registered again'),
  NOT_SUPPORTED_CARD_TYPE: known(400, '미지원 카드 종류', 'Unsupported kind of card'),
  NOT_REGISTERED_CARD_COMPANY: known(400, '미등록 카드사', 'The card company is not registered'),
  ALREADY_REMOVED_BILLING_KEY: known(400, '삭제된 빌링키', 'The billing key was deleted'),
  INVALID_BILL_KEY_REQUEST: known(400, '유효하지 않은 빌링키', 'Invalid billing key'),
  INVALID_BILLING_AUTH: known(400, '유효하지 않은 카드 인증', 'Invalid or used authentication'),
  FAILED_BILL_KEY_AUTH_CREATION: known(400, '빌링 인증 실패', 'The authentication could not be made'),

  BELOW_MINIMUM_AMOUNT: known(400, '최소 금액 미만', 'Below 100 won by card or 200 won by account'),
  NOT_MATCHES_CUSTOMER_KEY: known(400, '고객 키 불일치', 'Another customer key'),
  NOT_SUPPORTED_METHOD: known(400, '미지원 결제수단', 'Unsupported method'),
  INVALID_AUTHORIZE_AUTH: known(400, '유효하지 않은 인증', 'Invalid authentication'),
  UNAPPROVED_ORDER_ID: known(400, '승인되지 않은 주문번호', 'The order id was never approved'),
  INVALID_UNREGISTERED_SUBMALL: known(400, '미등록 서브몰', 'Unregistered shop'),
  NOT_REGISTERED_BUSINESS: known(400, '미등록 사업자', 'Unregistered business'),
  INVALID_EMAIL: known(400, '잘못된 이메일', 'Invalid email'),
  INVALID_BIRTH_DAY_FORMAT: known(400, '잘못된 생년월일', 'Invalid birth day'),

  ALREADY_CANCELED_PAYMENT: known(400, '이미 취소된 결제', 'Cancelled already'),
  ALREADY_REFUND_PAYMENT: known(400, '이미 환불된 결제', 'Refunded already'),
  NOT_MATCHES_REFUNDABLE_AMOUNT: known(400, '환불 가능 금액 불일치', 'Another amount is left'),
  NOT_CANCELABLE_AMOUNT: known(403, '취소할 수 없는 금액', 'More than what is left'),
  NOT_CANCELABLE_PAYMENT: known(403, '취소할 수 없는 결제', 'The payment can’t be cancelled'),
  NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER: known(403, '휴면 회원 결제', 'A dormant user’s payment'),
  FAILED_REFUND_PROCESS: known(500, '환불 처리 실패', 'The refund failed'),
  FAILED_METHOD_HANDLING_CANCEL: known(500, '취소 처리 실패', 'The cancellation failed'),
  FAILED_PARTIAL_REFUND: known(500, '부분 환불 실패', 'The part refund failed'),
  REFUND_REJECTED: known(400, '환불 거절', 'The refund is refused'),
  INVALID_REFUND_ACCOUNT_INFO: known(400, '환불 계좌 정보 오류', 'Invalid refund account'),
  INVALID_REFUND_ACCOUNT_NUMBER: known(400, '환불 계좌번호 오류', 'Invalid account number'),
  INVALID_BANK: known(400, '잘못된 은행', 'Invalid bank'),
  EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT: known(403, '취소 금액 오류', 'Less than the discount'),
  FORBIDDEN_BANK_REFUND_REQUEST: known(403, '환불 불가 은행', 'The bank gives nothing back'),
  NOT_ALLOWED_PARTIAL_REFUND: known(403, '부분 환불 불가', 'No part refunds of this payment'),
  NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT: known(
    403,
    '입금 대기 부분 환불 불가',
    'Nothing deposited yet: in full only',
  ),
  EXCEED_MAX_REFUND_DUE: known(403, '환불 기한 초과', 'Too late for a refund'),
  EXCEED_CANCEL_LIMIT: known(403, '취소 한도 초과', 'Cancellation limit'),
};

/** What a code nobody has listed is answered with: a client meets such codes too. */
const UNLISTED: ErrorDefinition = known(400, '알 수 없는 코드', 'Unlisted code');

export function definitionOf(code: string): ErrorDefinition {
  return Object.hasOwn(ERRORS, code) ? (ERRORS[code] as ErrorDefinition) : UNLISTED;
}

/** A call's refusal, by its code. */
export class TossRefusal extends Error {
  constructor(
    readonly code: string,
    /** Which member, for the reader's sake. */
    readonly detail = '',
  ) {
    super(code);
  }
}
