/** A card of the window: what it is and how it behaves. */
export interface TestCard {
  number: string;
  label: { ko: string; en: string };
  issuer: string;
  brand: string;
  type: 'CREDIT' | 'DEBIT';
  ownerType: 'PERSONAL' | 'CORPORATE';
  /** Fails already in the window with this code of the payment company. */
  failsInWindow: string | null;
  /** Every charge with it is declined with this code of the payment company. */
  declines: string | null;
}

const usual = {
  issuer: 'HYUNDAI_CARD',
  brand: 'LOCAL',
  type: 'CREDIT',
  ownerType: 'PERSONAL',
  failsInWindow: null,
  declines: null,
} as const;

/** None of these numbers belongs to anybody; the first is the one to pay with. */
export const TEST_CARDS: readonly TestCard[] = [
  { ...usual, number: '4330123400001234', label: { ko: '정상 카드', en: 'pays' } },
  {
    ...usual,
    number: '4330123400002232',
    label: { ko: '체크 카드', en: 'debit card, pays' },
    issuer: 'KOOKMIN_CARD',
    brand: 'MASTER',
    type: 'DEBIT',
  },
  {
    ...usual,
    number: '4330123400003115',
    label: { ko: '한도 초과 카드', en: 'over its limit' },
    declines: 'REJECT_CARD_PAYMENT',
  },
  {
    ...usual,
    number: '4330123400004113',
    label: { ko: '정지된 카드', en: 'stopped' },
    declines: 'INVALID_STOPPED_CARD',
  },
  {
    ...usual,
    number: '4330123400007116',
    label: { ko: '인증 실패 카드', en: 'fails in the window' },
    failsInWindow: 'REJECT_CARD_COMPANY',
  },
];

export const GOOD_CARD = TEST_CARDS[0] as TestCard;
