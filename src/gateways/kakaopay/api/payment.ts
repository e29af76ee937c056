import { ZERO_WON, type Won } from '../../../kernel/won';
import type { SplitAmount } from '../../split';
import { idOf, isJsonObject, textOf, wonOf, type Show } from '../../reading';

/** Ids and words of KakaoPay's have 20 characters; far longer ones are none. */
const LONGEST_ID = 100;

/** The price with its split; points and discounts are how a part of it was paid. */
export type KakaopayAmount = SplitAmount;

/** One thing that happened to a payment, as order lists them; rows may have little more than their type. */
export interface KakaopayAction {
  aid: string;
  /** `PAYMENT`, `CANCEL`, `ISSUED_SID`. */
  type: string;
  amount: Won | null;
  at: Date | null;
}

/** A payment as an answer has it; what an answer may lack is `null`. */
export interface KakaopayPayment {
  tid: string;
  cid: string;
  /** Of this approval or cancellation. */
  aid: string | null;
  orderId: string;
  userId: string | null;
  /** As order and cancel say it; `null` in the answers of approve and subscription. */
  status: string | null;
  /** `null` before the approval. */
  amount: KakaopayAmount | null;
  /** All that was given back. */
  canceled: KakaopayAmount | null;
  /** What this cancellation has given back. */
  canceledNow: KakaopayAmount | null;
  /** A secret: the key of later payments. */
  sid: string | null;
  method: string | null;
  /** What was paid with, for people. */
  description: string;
  createdAt: Date | null;
  approvedAt: Date | null;
  canceledAt: Date | null;
  /** What happened to it, of an answer of order; a row without an id is left out. */
  actions: KakaopayAction[];
}

/** @returns `undefined` where a member is missing that is needed to decide */
export function readPayment(json: unknown, show: Show): KakaopayPayment | undefined {
  if (!isJsonObject(json)) return undefined;
  const tid = keyOf(json.tid);
  const cid = keyOf(json.cid);
  const orderId = keyOf(json.partner_order_id);
  if (tid === undefined || cid === undefined || orderId === undefined) return undefined;
  const amount = amountOf(json.amount);
  const canceled = amountOf(json.canceled_amount);
  const canceledNow = amountOf(json.approved_cancel_amount);
  if (amount === undefined || canceled === undefined || canceledNow === undefined) return undefined;
  return {
    ...{ tid, cid, orderId, amount, canceled, canceledNow },
    aid: keyOf(json.aid) ?? null,
    userId: keyOf(json.partner_user_id) ?? null,
    status: keyOf(json.status) ?? null,
    sid: keyOf(json.sid) ?? null,
    method: keyOf(json.payment_method_type) ?? null,
    description: describe(json.payment_method_type, json.card_info, json.selected_card_info, show),
    createdAt: seoulInstantOf(json.created_at),
    approvedAt: seoulInstantOf(json.approved_at),
    canceledAt: seoulInstantOf(json.canceled_at),
    actions: actionsOf(json.payment_action_details),
  };
}

/** Evidence beside the amounts, so what can't be read of it spoils nothing. */
function actionsOf(value: unknown): KakaopayAction[] {
  const rows = Array.isArray(value) ? (value as unknown[]) : [];
  return rows.filter(isJsonObject).flatMap((row) => {
    const aid = keyOf(row.aid);
    if (aid === undefined) return [];
    const type = keyOf(row.payment_action_type) ?? '';
    return [{ aid, type, amount: wonOf(row.amount) ?? null, at: seoulInstantOf(row.approved_at) }];
  });
}

export function keyOf(value: unknown): string | undefined {
  return idOf(value, LONGEST_ID);
}

/** `2026-11-28T16:26:24`: Seoul's, without an offset; one that has an offset is read by it. */
export function seoulInstantOf(value: unknown): Date | null {
  const text = textOf(value);
  const [, local, offset = '+09:00'] =
    /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(Z|[+-]\d{2}:?\d{2})?$/.exec(text ?? '') ?? [];
  if (local === undefined) return null;
  const instant = new Date(`${local}${offset}`);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** @returns `null` where there is none; `undefined` where there is one that can't be read */
function amountOf(value: unknown): KakaopayAmount | null | undefined {
  if (value === undefined || value === null) return null;
  if (!isJsonObject(value)) return undefined;
  const [total, taxFree, vat] = [value.total, value.tax_free ?? ZERO_WON, value.vat ?? ZERO_WON].map(wonOf);
  return total === undefined || taxFree === undefined || vat === undefined ? undefined : { total, taxFree, vat };
}

function describe(method: unknown, info: unknown, selected: unknown, show: Show): string {
  const card = isJsonObject(info) ? info : {};
  const chosen = isJsonObject(selected) ? selected : {};
  const company = show(card.kakaopay_issuer_corp) || show(card.issuer_corp) || show(chosen.card_corp_name);
  return [show(method), company].filter((part) => part !== '').join(' ');
}
