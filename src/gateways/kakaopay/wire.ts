/**
 * KakaoPay's online payments as they stand on the wire: paths, headers and fixed words, no behaviour. Marks of trust and the members
 * of each body are on docs/protocol/kakaopay.md.
 */

/** Of an API generation: where its calls are, how it is told who asks, and how a body is written. */
interface Generation {
  readonly path: string;
  readonly scheme: string;
  readonly contentType: string;
}

export const GENERATIONS = {
  current: { path: '/online/v1/payment/', scheme: 'SECRET_KEY', contentType: 'application/json' },
  legacy: {
    path: '/v1/payment/',
    scheme: 'KakaoAK',
    contentType: 'application/x-www-form-urlencoded;charset=utf-8',
  },
} as const satisfies Record<string, Generation>;

/** Behind the path of the generation; every one of them is a POST. */
export const KAKAOPAY_CALLS = {
  ready: 'ready',
  approve: 'approve',
  order: 'order',
  cancel: 'cancel',
  subscription: 'subscription',
  status: 'manage/subscription/status',
  inactive: 'manage/subscription/inactive',
} as const;
export type KakaopayCallName = keyof typeof KAKAOPAY_CALLS;

/** States of a payment (docs/protocol/kakaopay.md, section 3). */
export const PAYMENT_STATUSES = [
  'READY',
  'SEND_TMS',
  'OPEN_PAYMENT',
  'SELECT_METHOD',
  'ARS_WAITING',
  'AUTH_PASSWORD',
  'ISSUED_SID',
  'SUCCESS_PAYMENT',
  'PART_CANCEL_PAYMENT',
  'CANCEL_PAYMENT',
  'QUIT_PAYMENT',
  'FAIL_AUTH_PASSWORD',
  'FAIL_PAYMENT',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** Of an item, in characters; nobody decides by what is cut off. */
export const LONGEST_NAME = 100;
/** Of the three addresses that a customer is led back to. */
export const LONGEST_ADDRESS = 255;
/** Of what we may add to a cancellation. */
export const LONGEST_PAYLOAD = 200;

/** The least that money pays at once (docs/protocol/kakaopay.md, section 8). */
export const LEAST_WON = 100;
/** The most that it pays at once; a card may pay more. */
export const MOST_MONEY_WON = 2_000_000;

export function cut(text: string, longest: number): string {
  return [...text].slice(0, longest).join('');
}
