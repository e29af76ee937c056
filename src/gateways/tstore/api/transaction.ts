import { parseSeoulInstant } from '../../../kernel/seoul-calendar';
import type { Won } from '../../../kernel/won';
import type { PaymentPart } from '../../gateway';
import { idOf, isJsonObject, listOf, textOf, wonOf, type JsonMembers, showing, type Show } from '../../reading';
import { RESULT_CODE_SUCCESS, type PaymentMethod } from '../wire';

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
export function readTransaction(
  members: JsonMembers,
  transactionId: string,
  show: Show = showing(),
): GatewayTransaction | undefined {
  const found = members.paymentTransactionInfo;
  if (members.resultCode !== RESULT_CODE_SUCCESS || !isJsonObject(found)) return undefined;
  const amount = wonOf(found.amount);
  const paymentParts = readPaymentParts(found.paymentMethods, show);
  if (idOf(found.tid) !== transactionId || amount === undefined || paymentParts === undefined) return undefined;
  return {
    transactionId,
    amount,
    status: show(found.status),
    reason: show(found.reason),
    message: show(found.message),
    description: show(found.description),
    updatedAt: parseSeoulInstant(show(found.lastestUpdate)) ?? null,
    paymentParts,
    goods: listOf(found.goods, ({ appId, productId }) => ({ appId: show(appId), productId: show(productId) })) ?? [],
    payerAuthKey: readAuthKey(members.payer),
  };
}

export function readPaymentParts(value: unknown, show: Show): PaymentPart[] | undefined {
  return listOf(value, (entry) => {
    const amount = wonOf(entry.amount);
    return amount === undefined ? undefined : { method: show(entry.paymentMethod), amount };
  });
}

export function writePaymentParts(parts: readonly PaymentPart[]): PaymentMethod[] {
  return parts.map(({ method, amount }) => ({ paymentMethod: method, amount }));
}

function readAuthKey(payer: unknown): string | null {
  return isJsonObject(payer) ? (textOf(payer.authKey) ?? null) : null;
}
