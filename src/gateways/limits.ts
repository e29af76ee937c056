/** The longest texts that every gateway takes; what other rooms check at their doors. In characters. */

/** T store states none; twice a UUID is room for any scheme and small enough for a unique index over years. */
export const MAX_ORDER_NO_LENGTH = 64;

/** T store product ids are ten digits; the samples also show names. Wide enough for either, and for one index entry. */
export const MAX_PRODUCT_ID_LENGTH = 64;

/** T store states no limit; its samples stay under 20. */
export const MAX_PRODUCT_NAME_LENGTH = 200;

/** Longer than any id in a gateway's samples, and short enough to store and show. */
export const MAX_GATEWAY_ID_LENGTH = 128;

/** The two lengths of billing tokens in T store's samples. */
export const BILLING_TOKEN_LENGTHS: readonly number[] = [64, 96];
