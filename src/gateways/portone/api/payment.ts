import { ZERO_WON, type Won } from '../../../kernel/won';
import { idOf, isJsonObject, listOf, textOf, wonOf, type JsonMembers, type Show } from '../../reading';
import { WON_CURRENCY } from '../wire';

/** Ids are opaque; far longer ones are none. */
const LONGEST_ID = 300;

/** A payment as PortOne has it now; members that nobody decides by are `null` where they are missing. */
export interface PortonePayment {
  /** Ours: the order number. */
  id: string;
  storeId: string;
  status: string;
  version: string;
  currency: string;
  /** Of the attempt that is shown. */
  transactionId: string | null;
  /** Which pays; there is none before something was paid, or waits to be. */
  channel: PortoneChannel | null;
  /** All of them 0 in another currency than won. */
  amount: PortoneAmount;
  paidAt: Date | null;
  changedAt: Date | null;
  method: string | null;
  /** What was paid with, for people. */
  description: string;
  failure: { code: string; message: string } | null;
  cancellations: PortoneCancellation[];
  virtualAccount: PortoneVirtualAccount | null;
  receiptUrl: string | null;
}

export interface PortoneChannel {
  key: string;
  /** LIVE or TEST. */
  type: string;
}

export interface PortoneAmount {
  /** The price. */
  total: Won;
  taxFree: Won;
  vat: Won;
  discount: Won;
  paid: Won;
  cancelled: Won;
  cancelledTaxFree: Won;
}

export interface PortoneCancellation {
  id: string;
  /** SUCCEEDED, REQUESTED or FAILED. */
  status: string;
  amount: Won;
  reason: string;
  at: Date | null;
}

export interface PortoneVirtualAccount {
  bank: string;
  accountNumber: string;
  holder: string;
  dueAt: Date | null;
  /** How far the transfer of a refund is, by its own word. */
  refundStatus: string | null;
}

/** @returns `undefined` where a member is missing that is needed to decide */
export function readPayment(json: unknown, show: Show): PortonePayment | undefined {
  if (!isJsonObject(json)) return undefined;
  const [id, storeId, status, version] = [json.id, json.storeId, json.status, json.version].map(keyOf);
  const currency = keyOf(json.currency);
  if (id === undefined || storeId === undefined || status === undefined) return undefined;
  if (version === undefined || currency === undefined) return undefined;
  const amount = amountOf(json.amount, currency);
  const channel = channelOf(json.channel);
  const cancellations = listOf(json.cancellations, (entry) => readCancellation(entry, currency, show));
  if (amount === undefined || channel === undefined || cancellations === undefined) return undefined;
  const method = isJsonObject(json.method) ? json.method : {};
  return {
    ...{ id, storeId, status, version, currency, amount, channel, cancellations },
    transactionId: keyOf(json.transactionId) ?? null,
    paidAt: instantOf(json.paidAt),
    changedAt: instantOf(json.statusChangedAt) ?? instantOf(json.updatedAt),
    method: keyOf(method.type) ?? null,
    description: describe(method, json, show),
    failure: readFailure(json.failure, show),
    virtualAccount: readVirtualAccount(method, show),
    receiptUrl: textOf(json.receiptUrl) ?? null,
  };
}

/** A cancellation as its own call answers it. */
export function readCancelled(json: unknown, show: Show): PortoneCancellation | undefined {
  const told = isJsonObject(json) ? json.cancellation : undefined;
  return isJsonObject(told) ? readCancellation(told, WON_CURRENCY, show) : undefined;
}

export function keyOf(value: unknown): string | undefined {
  return idOf(value, LONGEST_ID);
}

/** RFC 3339, in UTC or with an offset. */
export function instantOf(value: unknown): Date | null {
  const text = textOf(value);
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/i.test(text)) return null;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** What is no won is none of them, and its number could be taken for one. */
function wonIn(currency: string, value: unknown, absent?: Won): Won | undefined {
  if (currency !== WON_CURRENCY) return ZERO_WON;
  return value === undefined || value === null ? absent : wonOf(value);
}

function amountOf(value: unknown, currency: string): PortoneAmount | undefined {
  if (!isJsonObject(value)) return undefined;
  const total = wonIn(currency, value.total);
  const paid = wonIn(currency, value.paid, ZERO_WON);
  const cancelled = wonIn(currency, value.cancelled, ZERO_WON);
  const discount = wonIn(currency, value.discount, ZERO_WON);
  if (total === undefined || paid === undefined || cancelled === undefined || discount === undefined) return undefined;
  const [taxFree, vat, cancelledTaxFree] = [value.taxFree, value.vat, value.cancelledTaxFree].map(
    (each) => wonIn(currency, each) ?? ZERO_WON,
  ) as [Won, Won, Won];
  return { total, taxFree, vat, discount, paid, cancelled, cancelledTaxFree };
}

/** @returns `null` where there is none; `undefined` where there is one that can't be read */
export function channelOf(value: unknown): PortoneChannel | null | undefined {
  if (value === undefined || value === null) return null;
  if (!isJsonObject(value)) return undefined;
  const [key, type] = [keyOf(value.key), keyOf(value.type)];
  return key === undefined || type === undefined ? undefined : { key, type };
}

function readCancellation(entry: JsonMembers, currency: string, show: Show): PortoneCancellation | undefined {
  const [id, status] = [keyOf(entry.id), keyOf(entry.status)];
  const amount = wonIn(currency, entry.totalAmount);
  if (id === undefined || status === undefined || amount === undefined) return undefined;
  const at = instantOf(entry.cancelledAt) ?? instantOf(entry.requestedAt);
  return { id, status, amount, reason: show(entry.reason), at };
}

function readFailure(failure: unknown, show: Show): PortonePayment['failure'] {
  if (!isJsonObject(failure)) return null;
  return { code: show(failure.pgCode), message: show(failure.pgMessage) || show(failure.reason) };
}

function readVirtualAccount(method: JsonMembers, show: Show): PortoneVirtualAccount | null {
  if (textOf(method.accountNumber) === undefined) return null;
  return {
    bank: show(method.bank),
    accountNumber: show(method.accountNumber),
    holder: show(method.remitteeName),
    dueAt: instantOf(method.expiredAt),
    refundStatus: keyOf(method.refundStatus) ?? null,
  };
}

function describe(method: JsonMembers, payment: JsonMembers, show: Show): string {
  const card = isJsonObject(method.card) ? method.card : {};
  const channel = isJsonObject(payment.channel) ? payment.channel : {};
  const kind = show(method.type).replace(/^PaymentMethod/, '');
  const parts = [kind, show(method.provider), show(method.bank), show(card.issuer), show(card.number)];
  const by = [show(channel.pgProvider), show(payment.pgTxId)];
  return [...parts, ...by].filter((part) => part !== '').join(' ');
}
