/** Banks by PortOne's word (docs/protocol/portone.md, section 2.3), as people know them. */
export const PORTONE_BANKS: ReadonlyMap<string, string> = new Map([
  ['IBK', '기업'],
  ['KOOKMIN', '국민'],
  ['SUHYUP', '수협'],
  ['NONGHYUP', '농협'],
  ['WOORI', '우리'],
  ['STANDARD_CHARTERED', 'SC제일'],
  ['DAEGU', '대구'],
  ['BUSAN', '부산'],
  ['KFCC', '새마을'],
  ['POST', '우체국'],
  ['HANA', '하나'],
  ['SHINHAN', '신한'],
  ['K_BANK', '케이뱅크'],
  ['KAKAO', '카카오뱅크'],
  ['TOSS', '토스뱅크'],
]);
