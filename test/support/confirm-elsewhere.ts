import { tossSettings, type Simulator } from '../../simulator';

/** Confirms what the customer agreed to in a window, as another program with the same keys does: to us, nobody came back. */
export async function confirmElsewhere({ toss, baseUrl }: Simulator, orderId: string, amount: number): Promise<void> {
  const window = toss.window(orderId) as { payment?: { paymentKey: string } };
  const { TOSS_SECRET_KEY, TOSS_API_BASE_URL } = tossSettings(baseUrl);
  const response = await fetch(`${TOSS_API_BASE_URL}/v1/payments/confirm`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${TOSS_SECRET_KEY}:`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ paymentKey: window.payment?.paymentKey, orderId, amount }),
  });
  if (response.status !== 200) throw new Error(`confirming elsewhere answered ${response.status}`);
}
