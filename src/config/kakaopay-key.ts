/** A secret key, or an admin key of the legacy generation. */
export const KAKAOPAY_KEY = /^[A-Za-z0-9]{16,200}$/;
export const KAKAOPAY_KEY_IN_WORDS = 'a key as KakaoPay shows it: 16 to 200 letters and digits';

export const KAKAOPAY_CID = /^[A-Za-z0-9]{10}$/;
export const KAKAOPAY_CID_IN_WORDS = 'a cid: ten letters and digits';

export const KAKAOPAY_CID_SECRET = /^[0-9a-z]{24}$/;
export const KAKAOPAY_CID_SECRET_IN_WORDS = 'the secret of a cid: 24 small letters and digits';

/** Of KakaoPay's API: what is new is the current one. */
export const KAKAOPAY_GENERATIONS = ['current', 'legacy'] as const;
export type KakaopayGeneration = (typeof KAKAOPAY_GENERATIONS)[number];
