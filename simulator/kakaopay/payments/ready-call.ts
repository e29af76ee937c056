import type { Members } from '../../shared/http/members';
import { vatOf } from '../../shared/vat';
import type { CustomerSteps } from '../browser/customer-steps';
import { KakaoPayRefusal } from '../error-codes';
import type { KakaoPayRequest } from '../http/kakaopay-call';
import { invalid, optionalWord, reader, requireCustomJson, structureOf } from '../http/members';
import type { Contract } from '../merchants';
import type { Amounts } from './amounts';
import type { PageRequest } from './payment';
import { timeOf } from './payment-body';
import type { PaymentLife } from './payment-life';

/** Names of `available_cards`. */
const CARD_COMPANIES: readonly string[] = [
  'SHINHAN',
  'KB',
  'HYUNDAI',
  'LOTTE',
  'SAMSUNG',
  'NH',
  'BC',
  'HANA',
  'CITI',
  'KAKAOBANK',
  'KAKAOPAY',
  'WOORIONLY',
];

const LONGEST_URL = 255;

/** Begins a payment: its `tid`, and the page for the customer. */
export class ReadyCall {
  constructor(
    private readonly life: PaymentLife,
    private readonly steps: CustomerSteps,
  ) {}

  handle({ contract, generation, body, baseUrl }: KakaoPayRequest): Members {
    const order = orderOf(body);
    const itemName = reader.requiredText(body, 'item_name', 100);
    const amounts = amountsOf(body);
    // Only a recurring contract's SID can be had for nothing.
    if (amounts.total === 0 && contract.kind !== 'recurring') throw new KakaoPayRefusal(-724, 'total_amount');
    const page = pageRequestOf(body, contract);
    requireCustomJson(body);
    reader.optionalText(body, 'redirect_scheme_url', LONGEST_URL);
    const payment = this.life.begin({ contract, ...order, itemName, amounts, page });
    const address = `${baseUrl}${this.steps.begin(payment, page).path}`;
    const scheme = `kakaotalk://kakaopay/pg?url=${address}/order`;
    const schemes = { android_app_scheme: scheme, ios_app_scheme: scheme };
    return {
      tid: payment.tid,
      ...(generation === 'legacy' ? { tms_result: false } : {}),
      next_redirect_app_url: `${address}/aInfo`,
      next_redirect_mobile_url: `${address}/mInfo`,
      next_redirect_pc_url: `${address}/info`,
      ...(generation === 'legacy' ? schemes : {}),
      created_at: timeOf(payment.createdAt),
    };
  }
}

/** Whose, what and how many: the same members in ready and in subscription. */
export function orderOf(body: Members): { orderId: string; userId: string; itemCode: string | null; quantity: number } {
  return {
    orderId: reader.requiredText(body, 'partner_order_id', 100),
    userId: reader.requiredText(body, 'partner_user_id', 100),
    itemCode: reader.optionalText(body, 'item_code', 100),
    quantity: reader.requiredAmount(body, 'quantity'),
  };
}

/** The split is whatever was sent; only a VAT that is absent is reckoned. */
export function amountsOf(body: Members): Amounts {
  const total = reader.requiredAmount(body, 'total_amount');
  const taxFree = reader.requiredAmount(body, 'tax_free_amount');
  if (taxFree > total) throw new KakaoPayRefusal(-722, 'tax_free_amount');
  return {
    total,
    taxFree,
    vat: reader.optionalAmount(body, 'vat_amount') ?? vatOf(total, taxFree),
    point: 0,
    discount: 0,
    greenDeposit: reader.optionalAmount(body, 'green_deposit') ?? 0,
  };
}

function pageRequestOf(body: Members, contract: Contract): PageRequest {
  const months = reader.optionalAmount(body, 'install_month');
  if (months !== null && months > 12) throw invalid('install_month');
  return {
    approvalUrl: returnUrlOf(body, 'approval_url', contract),
    cancelUrl: returnUrlOf(body, 'cancel_url', contract),
    failUrl: returnUrlOf(body, 'fail_url', contract),
    method: optionalWord(body, 'payment_method_type', ['CARD', 'MONEY']),
    availableCards: availableCardsOf(body),
    installMonths: months,
    sharesInstallment: optionalWord(body, 'use_share_installment', ['Y', 'N']) === 'Y',
  };
}

function returnUrlOf(body: Members, name: string, { merchant }: Contract): string {
  const url = reader.requiredText(body, name, LONGEST_URL);
  if (!/^https?:/.test(url) || !URL.canParse(url)) throw invalid(name);
  const { domains } = merchant;
  if (domains.length > 0 && !domains.includes(new URL(url).hostname)) throw new KakaoPayRefusal(-799, name);
  return url;
}

function availableCardsOf(body: Members): readonly string[] | null {
  const value = structureOf(body, 'available_cards');
  if (value === undefined || value === null) return null;
  const isList = Array.isArray(value) && value.every((one: unknown) => CARD_COMPANIES.includes(String(one)));
  if (!isList) throw invalid('available_cards');
  return value as string[];
}
