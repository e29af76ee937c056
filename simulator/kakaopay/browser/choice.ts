import { cardNumbered } from '../../shared/cards';
import { GOOD_CARD, TEST_CARDS, type TestCard } from '../cards';
import { KakaoPayRefusal } from '../error-codes';
import type { Amounts } from '../payments/amounts';
import type { Means, PageRequest } from '../payments/payment';
import type { PaidBeside } from '../payments/payment-life';

/** What a customer chooses in the page; everything has a choice that works. */
export interface Choice {
  means?: 'MONEY' | 'CARD';
  /** Number of a test card. */
  card?: string;
  installMonths?: number;
  /** Won paid by points, and won that a coupon takes off: both parts of the price. */
  point?: number;
  discount?: number;
}

export function meansOf(choice: Choice, page: PageRequest): Means {
  const kind = choice.means ?? page.method ?? 'MONEY';
  if (page.method !== null && page.method !== kind) throw new KakaoPayRefusal(-705, 'means');
  if (kind === 'MONEY') return { kind };
  const card = cardOf(choice);
  if (page.availableCards !== null && !page.availableCards.includes(card.company)) {
    throw new KakaoPayRefusal(-705, 'card');
  }
  return { kind, card, installMonths: page.installMonths ?? wholeOf(choice.installMonths, 'installMonths') };
}

export function paidBesideOf(choice: Choice, { total }: Amounts): PaidBeside {
  const point = wholeOf(choice.point, 'point');
  const discount = wholeOf(choice.discount, 'discount');
  if (point + discount > total) throw new KakaoPayRefusal(-703, 'point and discount');
  return { point, discount };
}

function cardOf({ card: number }: Choice): TestCard {
  if (number === undefined || number === '') return GOOD_CARD;
  const card = cardNumbered(TEST_CARDS, number);
  if (!card) throw new KakaoPayRefusal(-705, 'card');
  return card;
}

function wholeOf(value: number | undefined, name: string): number {
  if (value === undefined) return 0;
  if (!Number.isSafeInteger(value) || value < 0) throw new KakaoPayRefusal(-2, name);
  return value;
}
