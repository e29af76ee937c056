import type { BillingWorld, JsonAnswer, JsonBody } from './billing-world';
import { agreed, send } from './subscribers';

/**
 * Settles a charge as paid, as somebody careful does: by the discrepancy whose payment T store was seen to have.
 *
 * @param ids the charge's discrepancies
 * @param transactionId where their lines name none
 */
export async function acceptAsPaid(
  world: BillingWorld,
  ids: string | string[],
  transactionId?: string,
): Promise<JsonAnswer> {
  let answer: JsonAnswer | undefined;
  for (const id of [ids].flat()) {
    const { body } = await send(world, 'POST', `discrepancies/${id}/lookup`, { transactionId });
    if (body.suggestion !== 'accept-as-paid') continue;
    const decision = { outcome: 'paid', reason: 'T store has it', transactionId };
    answer = await send(world, 'POST', `discrepancies/${id}/accept`, decision);
    if (answer.status === 200) break;
  }
  if (answer === undefined) throw new Error('T store has none of these payments as it was asked');
  return answer;
}

/** Closes a discrepancy, as two careful persons do: once T store was asked for the payment its line names. */
export async function closeSeen(world: BillingWorld, { id, found }: JsonBody, reason = 'seen'): Promise<JsonAnswer> {
  if (found?.transactionId != null) await send(world, 'POST', `discrepancies/${id}/lookup`, {});
  return agreed(world, await send(world, 'POST', `discrepancies/${id}/close`, { reason }));
}
