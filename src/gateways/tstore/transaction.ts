import { parseSeoulInstant } from '../../kernel/seoul-calendar';
import type { Won } from '../../kernel/won';
import { idOf, isJsonObject, listOf, textOf, wonOf, type JsonMembers } from './json-members';
import { RESULT_CODE_SUCCESS, type PaymentMethod } from './wire';

/** A part of an amount and the gateway's code of how it was paid, such as `11`; the codes are not published. */
export interface PaymentPart {
  method: string;
  amount: Won;
}

/** A payment as the gateway has it now. Words it does not explain are shown as they come, never branched on. */
export interface GatewayTransaction {
  transactionId: string;
  amount: Won;
  status: string;
  reason: string;
  message: string;
  description: string;
  /** `null` where the gateway's text is no time. */
  updatedAt: Date | null;
  paymentParts: PaymentPart[];
  goods: { appId: string; productId: string }[];
  /** Names the payer in a refund; a secret. `null` where there is none. */
  payerAuthKey: string | null;
}

/** @param transactionId the one asked for: an answer about another one is not an answer */
export function readTransaction(members: JsonMembers, transactionId: string): GatewayTransaction | undefined {
  const found = members.paymentTransactionInfo;
  if (members.resultCode !== RESULT_CODE_SUCCESS || !isJsonObject(found)) return undefined;
  const amount = wonOf(found.amount);
  const paymentParts = readPaymentParts(found.paymentMethods);
  if (idOf(found.tid) !== transactionId || amount === undefined || paymentParts === undefined) return undefined;
  return {
    transactionId,
    amount,
    status: shown(found.status),
    reason: shown(found.reason),
    message: shown(found.message),
    description: shown(found.description),
    updatedAt: parseSeoulInstant(shown(found.lastestUpdate)) ?? null,
    paymentParts,
    goods: listOf(found.goods, readGoods) ?? [],
    payerAuthKey: readAuthKey(members.payer),
  };
}

export function readPaymentParts(value: unknown): PaymentPart[] | undefined {
  return listOf(value, (entry) => {
    const amount = wonOf(entry.amount);
    return amount === undefined ? undefined : { method: shown(entry.paymentMethod), amount };
  });
}

export function writePaymentParts(parts: readonly PaymentPart[]): PaymentMethod[] {
  return parts.map(({ method, amount }) => ({ paymentMethod: method, amount }));
}

function readGoods(entry: JsonMembers): { appId: string; productId: string } {
  return { appId: shown(entry.appId), productId: shown(entry.productId) };
}

function readAuthKey(payer: unknown): string | null {
  return isJsonObject(payer) ? (textOf(payer.authKey) ?? null) : null;
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : (textOf(value) ?? '');
}
