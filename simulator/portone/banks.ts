/** Names of the API with the words of the window. */
export const BANKS: Readonly<Record<string, string>> = {
  TOSS: '토스뱅크',
  SHINHAN: '신한은행',
  KOOKMIN: '국민은행',
  HANA: '하나은행',
  WOORI: '우리은행',
  NONGHYUP: '농협은행',
  IBK: '기업은행',
  KAKAO: '카카오뱅크',
  K_BANK: '케이뱅크',
};

export function isBank(name: unknown): name is string {
  return typeof name === 'string' && Object.hasOwn(BANKS, name);
}
