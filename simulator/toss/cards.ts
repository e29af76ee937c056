/** A card of the payment window: what it is and how it behaves. */
export interface TestCard {
  number: string;
  label: { ko: string; en: string };
  issuerCode: string;
  acquirerCode: string;
  company: string;
  cardType: '신용' | '체크' | '미확인';
  ownerType: '개인' | '미확인';
  isForeign: boolean;
  /** Fails already in the window with this code. */
  failsInWindow: string | null;
  /** Every approval with it, by confirm or by billing charge, is declined with this code. */
  declines: string | null;
}

const domestic = {
  issuerCode: '61',
  acquirerCode: '31',
  company: '현대',
  cardType: '신용',
  ownerType: '개인',
  isForeign: false,
  failsInWindow: null,
  declines: null,
} as const;

/** None of these numbers belongs to anybody; the first is the one to pay with. */
export const TEST_CARDS: readonly TestCard[] = [
  { ...domestic, number: '4330123400001234', label: { ko: '정상 카드', en: 'pays' } },
  {
    ...domestic,
    number: '4330123400002232',
    label: { ko: '체크 카드', en: 'debit card, pays' },
    cardType: '체크',
    issuerCode: '11',
    acquirerCode: '11',
    company: '국민',
  },
  {
    ...domestic,
    number: '4200000000001171',
    label: { ko: '해외 카드', en: 'foreign card, pays; cancelled in full only' },
    issuerCode: '4V',
    acquirerCode: '21',
    company: 'Visa',
    cardType: '미확인',
    ownerType: '미확인',
    isForeign: true,
  },
  {
    ...domestic,
    number: '4330123400003115',
    label: { ko: '한도 초과 카드', en: 'over its limit' },
    declines: 'REJECT_CARD_PAYMENT',
  },
  {
    ...domestic,
    number: '4330123400004113',
    label: { ko: '정지된 카드', en: 'stopped' },
    declines: 'INVALID_STOPPED_CARD',
  },
  {
    ...domestic,
    number: '4330123400005110',
    label: { ko: '유효기간 만료 카드', en: 'expired' },
    declines: 'INVALID_CARD_EXPIRATION',
  },
  {
    ...domestic,
    number: '4330123400006118',
    label: { ko: '카드사 거절 카드', en: 'refused by its company' },
    declines: 'REJECT_CARD_COMPANY',
  },
  {
    ...domestic,
    number: '4330123400007116',
    label: { ko: '인증 실패 카드', en: 'fails in the window' },
    failsInWindow: 'REJECT_CARD_COMPANY',
  },
];

export const GOOD_CARD = TEST_CARDS[0] as TestCard;
