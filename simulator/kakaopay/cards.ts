/** A card of the customer's page: what it is and how it behaves. */
export interface TestCard {
  number: string;
  label: { ko: string; en: string };
  /** As ready's `available_cards` has it. */
  company: string;
  purchaseCorp: string;
  purchaseCorpCode: string;
  issuerCorp: string;
  issuerCorpCode: string;
  /** What the legacy generation calls them beside. */
  legacyCorp: string;
  legacyCorpCode: string;
  cardType: '신용' | '체크';
  /** Not every answer has one. */
  itemCode: string | null;
  isPartCancelable: boolean;
  /** The authentication fails in the page. */
  failsInPage: boolean;
  /** Every approval with it is declined with this `method_result_code`. */
  declines: string | null;
}

const usual = {
  company: 'BC',
  purchaseCorp: '비씨카드',
  purchaseCorpCode: '104',
  issuerCorp: '수협은행',
  issuerCorpCode: '212',
  legacyCorp: '비씨',
  legacyCorpCode: '01',
  cardType: '신용',
  itemCode: null,
  isPartCancelable: true,
  failsInPage: false,
  declines: null,
} as const;

/** None of these numbers belongs to anybody; the first is the one to pay with. */
export const TEST_CARDS: readonly TestCard[] = [
  { ...usual, number: '6200000000001234', label: { ko: '체크 카드', en: 'debit card, pays' }, cardType: '체크' },
  {
    ...usual,
    number: '4518420000002232',
    label: { ko: '신용 카드', en: 'credit card, pays' },
    company: 'SHINHAN',
    purchaseCorp: '신한카드',
    purchaseCorpCode: '107',
    issuerCorp: '신한카드',
    issuerCorpCode: '107',
    legacyCorp: '신한',
    legacyCorpCode: '06',
    itemCode: 'AA0001',
  },
  {
    ...usual,
    number: '6200000000003115',
    label: { ko: '부분 취소 불가 카드', en: 'pays; cancelled in full only' },
    isPartCancelable: false,
  },
  {
    ...usual,
    number: '6200000000004113',
    label: { ko: '한도 초과 카드', en: 'over its daily limit' },
    declines: 'LIMIT_USE_PER_DAY',
  },
  {
    ...usual,
    number: '6200000000005110',
    label: { ko: '유효기간 만료 카드', en: 'expired' },
    declines: '0004',
  },
  {
    ...usual,
    number: '6200000000006118',
    label: { ko: '인증 실패 카드', en: 'fails in the page' },
    failsInPage: true,
  },
];

export const GOOD_CARD = TEST_CARDS[0] as TestCard;
