import { randomUUID } from 'node:crypto';
import type { DemoParts } from './parts';
import { CARD_OVER_LIMIT, RETURN_URL, payIn, windowOf } from './toss-window';
import { wonText } from './text';

const NAME = '문구 세트';
const ITEMS = [
  { name: '만년필', unitAmount: 39_000 },
  { name: '잉크', unitAmount: 9_000, quantity: 2 },
];
const AMOUNT = 57_000;
/** One of the inks was broken. */
const GIVEN_BACK = 9_000;

interface OrderAnswer {
  id: string;
  state: string;
  checkoutToken: string;
  failure: { code: string; message: string } | null;
  attempts: { orderNo: string }[];
}

/**
 * A customer buys something in Toss's window: their first card is over its limit, the next one pays, and a part is given back.
 *
 * @returns the refund's id
 * @throws {Error} when it comes to another end
 */
export async function buyInWindow(parts: DemoParts): Promise<string> {
  const { client, simulator, print } = parts;
  const asked = { gatewayAccount: 'toss', name: NAME, items: ITEMS, amount: AMOUNT, returnUrl: RETURN_URL };
  const { body } = await client.act('POST', 'orders', { reference: `demo-${randomUUID()}`, ...asked });
  const { id, checkoutToken } = body as OrderAnswer;
  print(`Order (주문) of ${NAME}, ${wonText(AMOUNT)}, paid in Toss Payments’ window:`);
  const pay = async (what: string, card?: string): Promise<OrderAnswer> => {
    await payIn(simulator, await windowOf(parts, `orders/${checkoutToken}/windows`), card);
    const order = await client.read<OrderAnswer>(`orders/${id}`);
    const { state, failure } = order;
    print(
      `  ${what}  ${state === 'Paid' || failure === null ? state : `declined: ${failure.code}, ${failure.message} (결제 거절)`}`,
    );
    return order;
  };
  await pay('first card ', CARD_OVER_LIMIT);
  const { state, attempts } = await pay('second card');
  if (state !== 'Paid') throw new Error(`order ${id} is ${state}`);
  const refund = { amount: GIVEN_BACK, reason: 'an ink was broken' };
  const { body: made } = await client.act('POST', `charges/${attempts.at(-1)?.orderNo}/refunds`, refund);
  print(`  ${wonText(GIVEN_BACK)} of it are given back (부분 환불)`);
  return (made as { id: string }).id;
}
