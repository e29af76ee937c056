/** Code and the Korean name that requests may use instead of it. */
export const BANKS: Readonly<Record<string, string>> = {
  '03': '기업',
  '06': '국민',
  '07': '수협',
  '11': '농협',
  '20': '우리',
  '23': 'SC제일',
  '31': '대구',
  '32': '부산',
  '45': '새마을',
  '71': '우체국',
  '81': '하나',
  '88': '신한',
  '90': '카카오뱅크',
  '92': '토스뱅크',
};

/** The code of a bank given by code or name; null if there is none such. */
export function bankCodeOf(text: string): string | null {
  if (Object.hasOwn(BANKS, text)) return text;
  return Object.entries(BANKS).find(([, name]) => name === text)?.[0] ?? null;
}
