/** Whether money is real, then what the key is for; of that new words come without notice. */
export const TOSS_KEY = /^(?:test|live)_[A-Za-z0-9]{1,20}_[A-Za-z0-9_]{1,200}$/;
export const TOSS_KEY_IN_WORDS = 'a key as Toss Payments shows it, which begins with test_ or live_';
