/** Banks by Toss's code (docs/protocol/toss.md, section 3), as people know them; it takes either. */
export const TOSS_BANKS: ReadonlyMap<string, string> = new Map([
  ['03', '기업'],
  ['06', '국민'],
  ['07', '수협'],
  ['11', '농협'],
  ['20', '우리'],
  ['23', 'SC제일'],
  ['31', '대구'],
  ['32', '부산'],
  ['45', '새마을'],
  ['71', '우체국'],
  ['81', '하나'],
  ['88', '신한'],
  ['90', '카카오뱅크'],
  ['92', '토스뱅크'],
]);
