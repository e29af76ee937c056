import { HOUR_MS } from '../../shared/durations';
import { isBank } from '../banks';
import { cardNumbered } from '../../shared/cards';
import { GOOD_CARD, TEST_CARDS, type TestCard } from '../cards';
import { invalid, reader } from '../http/members';
import type { Keys } from '../keys';
import type { Means, VirtualAccount } from '../payments/payment';
import type { PayMethod, WindowRequest } from './window-request';

/** What a buyer chooses in the window; everything has a choice that works. */
export interface Choice {
  /** Number of a test card. */
  card?: string;
  installmentMonths?: number;
  /** Name of the wallet. */
  provider?: string;
  bank?: string;
  remitteeName?: string;
  /** Won that a coupon of the payment company takes off. */
  discount?: number;
}

const USUAL_HOURS = 168;
const MOST_HOURS = 2160;

export function meansOf(choice: Choice, request: WindowRequest, keys: Keys, nowAt: number): Means {
  const { payMethod, payment } = request;
  if (payMethod === 'EASY_PAY') return { kind: 'easyPay', provider: providerOf(choice, request) };
  if (payMethod === 'TRANSFER') return { kind: 'transfer', bank: bankOf(choice) };
  if (payMethod === 'VIRTUAL_ACCOUNT') {
    return { kind: 'virtualAccount', account: accountFor(choice, request, keys, nowAt) };
  }
  if (payMethod === 'CARD') {
    const installmentMonths = choice.installmentMonths ?? 0;
    return { kind: 'card', card: cardOf(choice), installmentMonths, approvalNumber: keys.approvalNumber() };
  }
  if (payMethod === 'MOBILE') return { kind: 'mobile' };
  throw invalid(`${payMethod} of ${payment.channel.name}`);
}

/** What is chosen for a billing key. */
export function billingMeansOf(choice: Choice, method: PayMethod, provider: string, keys: Keys): Means {
  if (method === 'EASY_PAY') return { kind: 'easyPay', provider: choice.provider ?? provider };
  if (method === 'TRANSFER') return { kind: 'transfer', bank: bankOf(choice) };
  return { kind: 'card', card: cardOf(choice), installmentMonths: 0, approvalNumber: keys.approvalNumber() };
}

export function cardOf({ card: number }: Choice): TestCard {
  if (number === undefined || number === '') return GOOD_CARD;
  const card = cardNumbered(TEST_CARDS, number);
  if (!card) throw invalid('card');
  return card;
}

function providerOf({ provider }: Choice, { easyPayProvider, payment }: WindowRequest): string {
  if (payment.channel.pgProvider === 'KAKAOPAY') return 'KAKAOPAY';
  return provider ?? easyPayProvider?.replace(/^EASY_PAY_PROVIDER_/, '') ?? 'TOSSPAY';
}

function bankOf({ bank = 'TOSS' }: Choice): string {
  if (!isBank(bank)) throw invalid('bank');
  return bank;
}

function accountFor(choice: Choice, request: WindowRequest, keys: Keys, nowAt: number): VirtualAccount {
  return {
    bank: bankOf(choice),
    accountNumber: keys.accountNumber(),
    remitteeName: choice.remitteeName ?? request.customerName ?? '김손님',
    remitterName: null,
    issuedAt: nowAt,
    expiredAt: expiryOf(request.accountExpiry, nowAt),
    refundStatus: null,
  };
}

function expiryOf(expiry: WindowRequest['accountExpiry'], nowAt: number): number {
  const dueDate = reader.optionalText(expiry, 'dueDate', 40);
  const hours = reader.optionalAmount(expiry, 'validHours');
  if (dueDate === null) {
    const valid = hours ?? USUAL_HOURS;
    if (valid < 1 || valid > MOST_HOURS) throw invalid('virtualAccount.accountExpiry.validHours');
    return nowAt + valid * HOUR_MS;
  }
  const dueAt = Date.parse(dueDate);
  if (hours !== null || !(dueAt > nowAt) || dueAt > nowAt + MOST_HOURS * HOUR_MS) {
    throw invalid('virtualAccount.accountExpiry.dueDate');
  }
  return dueAt;
}
