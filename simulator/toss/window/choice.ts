import { bankCodeOf } from '../banks';
import type { BillingMeans } from '../billing/billing-keys';
import { cardNumbered } from '../../shared/cards';
import { GOOD_CARD, TEST_CARDS, type TestCard } from '../cards';
import { accountFor } from '../deposits/virtual-account';
import { TossRefusal } from '../error-codes';
import type { Keys } from '../keys';
import type { Means } from '../payments/payment';
import type { PaymentRequest } from './window-request';

/** What a buyer chooses in the window; everything has a choice that works. */
export interface Choice {
  means?: 'card' | 'easyPay' | 'transfer' | 'virtualAccount';
  /** Number of a test card. */
  card?: string;
  installmentMonths?: number;
  /** Name of the wallet, in Korean. */
  provider?: string;
  /** Code or Korean name. */
  bank?: string;
  customerName?: string;
}

const USUAL_MEANS: Readonly<Record<string, Choice['means']>> = {
  CARD: 'card',
  TRANSFER: 'transfer',
  VIRTUAL_ACCOUNT: 'virtualAccount',
  FOREIGN_EASY_PAY: 'easyPay',
};

/** The chosen means, or the code with which the window fails. */
export function meansOf(
  choice: Choice,
  request: PaymentRequest,
  keys: Keys,
  nowAt: number,
): { means: Means; failsWith: string | null } {
  const kind = choice.means ?? USUAL_MEANS[request.method ?? 'CARD'] ?? 'card';
  if (kind === 'easyPay') return works({ kind, provider: choice.provider ?? '카카오페이' });
  if (kind === 'transfer') return works({ kind, bankCode: bankOf(choice) });
  if (kind === 'virtualAccount') {
    const { validHours, dueDate } = request.virtualAccount;
    const customerName = choice.customerName ?? request.customerName ?? '김손님';
    return works({
      kind,
      account: accountFor({ validHours, dueDate, bank: bankOf(choice), customerName }, keys, nowAt),
    });
  }
  const card = cardOf(choice);
  const installmentMonths = choice.installmentMonths ?? 0;
  return { means: { kind: 'card', card, installmentMonths }, failsWith: card.failsInWindow };
}

export function billingMeansOf(choice: Choice, method: string): { means: BillingMeans; failsWith: string | null } {
  if ((choice.means ?? USUAL_MEANS[method]) === 'transfer') {
    const means: BillingMeans = { method: '계좌이체', bankCode: bankOf(choice), accountNumber: '1000****0000' };
    return { means, failsWith: null };
  }
  const card = cardOf(choice);
  return { means: { method: '카드', card }, failsWith: card.failsInWindow };
}

function works(means: Means): { means: Means; failsWith: null } {
  return { means, failsWith: null };
}

function cardOf({ card: number }: Choice): TestCard {
  if (number === undefined || number === '') return GOOD_CARD;
  const card = cardNumbered(TEST_CARDS, number);
  if (!card) throw new TossRefusal('INVALID_CARD_NUMBER', 'card');
  return card;
}

function bankOf({ bank = '92' }: Choice): string {
  const code = bankCodeOf(bank);
  if (code === null) throw new TossRefusal('INVALID_BANK', 'bank');
  return code;
}
