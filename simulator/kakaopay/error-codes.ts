export interface ErrorDefinition {
  status: number;
  message: string;
}

const known = (message: string, status = 400): ErrorDefinition => ({ status, message });

/**
 * Every code that a call can answer with, by decision or by armed fault, and its HTTP status. Messages are the
 * simulator's own: a client shows them and never branches on them.
 */
export const ERRORS: ReadonlyMap<number, ErrorDefinition> = new Map([
  [-1, known('internal error')],
  [-2, known('invalid parameter')],
  [-3, known('service is off', 403)],
  [-4, known('sanctioned', 403)],
  [-5, known('no right', 403)],
  [-7, known('under maintenance', 503)],
  [-9798, known('under maintenance', 503)],
  [-10, known('too many requests')],
  [-301, known('no such key')],
  [-401, known('invalid key or token', 401)],
  [-402, known('no consent', 403)],
  [-403, known('not an allowed site', 403)],

  [-701, known('not authenticated yet')],
  [-702, known('approved already')],
  [-703, known('invalid point amount')],
  [-704, known('invalid method amount')],
  [-705, known('unsupported method')],
  [-706, known('another partner_order_id')],
  [-707, known('another partner_user_id')],
  [-708, known('invalid pg_token')],
  [-710, known('more than can be cancelled')],
  [-721, known('no such tid')],
  [-722, known('invalid amounts')],
  [-723, known('time is over')],
  [-724, known('invalid amount of a single payment')],
  [-725, known('invalid total amount')],
  [-726, known('invalid order')],
  [-730, known('invalid app')],
  [-731, known('invalid cid')],
  [-732, known('invalid gid')],
  [-733, known('invalid cid_secret')],

  [-750, known('no such sid')],
  [-751, known('inactive sid')],
  [-752, known('monthly use of the sid is exceeded')],
  [-753, known('another partner_user_id than the sid’s')],
  [-761, known('phone is not on KakaoTalk')],

  [-780, known('approval failed')],
  [-781, known('cancel failed')],
  [-782, known('subscription failed')],
  [-783, known('the state forbids approval')],
  [-784, known('the state forbids cancel')],
  [-785, known('duplicate approval or cancel')],
  [-798, known('not an allowed address')],
  [-799, known('not a registered domain')],
]);

/** What the method, a card or a bank, said: each `method_result_code` with its message. */
export const METHOD_RESULTS: Readonly<Record<string, string>> = {
  LACK_BALANCE: '잔액 부족',
  NOT_ENOUGH_BALANCE: '잔액 부족',
  '8008': '잔액 부족',
  LIMIT_ONE_TIME: '1회 한도 초과',
  LIMIT_USE_PER_DAY: '1일 한도 초과',
  '0002': '한도 초과',
  USER_LOCKED: '다른 거래 진행 중',
  USER_NOT_FOUND: '없는 사용자',
  BANK_ACCOUNT_NOT_FOUND: '없는 계좌',
  '0004': '유효기간 만료',
  INVALID_PAYMENT_KEY: '유효하지 않은 결제수단',
  BANK_FIRM_UNKNOWN: '은행 결과 미확인',
  '0010': '시간 초과',
  BANK_FIRM_UNAVAILABLE: '은행 점검 시간',
  UNDER_CONSTRUCTION: '점검 중',
  '0025': '이미 취소된 거래',
  INVALID_CANCEL_AMOUNT: '취소 금액 오류',
  INVALID_CANCEL_STATUS: '취소할 수 없는 상태',
  '9999': '결제 실패',
};

/** What a code nobody has listed is answered with: a client meets such codes too. */
const UNLISTED: ErrorDefinition = known('unlisted code');

export function definitionOf(code: number): ErrorDefinition {
  return ERRORS.get(code) ?? UNLISTED;
}

export interface Extras {
  method_result_code: string;
  method_result_message: string;
}

export function extrasOf(resultCode: string): Extras {
  return { method_result_code: resultCode, method_result_message: METHOD_RESULTS[resultCode] ?? '결제 실패' };
}

/** A call's refusal, by its code. */
export class KakaoPayRefusal extends Error {
  constructor(
    readonly code: number,
    /** Which member, for the reader's sake. */
    readonly detail = '',
    /** The `method_result_code` of the extras; none, if null. */
    readonly resultCode: string | null = null,
    /** Another HTTP status than the code's own. */
    readonly status: number | null = null,
  ) {
    super(`${code} ${definitionOf(code).message}`);
  }
}
