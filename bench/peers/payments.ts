import { randomUUID } from 'node:crypto';
import { Column, DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { timed, type Run } from '../measure';
import { answerOrders } from '../processes/exchange';
import { PRICE, TOSS_AUTHORIZATION, type BenchCard } from '../toss';

/** Payments to charge, each with the card of its place; they are stored already. */
export interface PaymentsOrder {
  baseUrl: string;
  cards: readonly BenchCard[];
}

@Entity('peer_payment')
class PeerPayment {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text', name: 'order_no', unique: true })
  orderNo!: string;

  @Column({ type: 'text' })
  state!: 'Pending' | 'Sending' | 'Paid';

  @Column({ type: 'text', name: 'payment_key', nullable: true })
  paymentKey!: string | null;

  @Column({ type: 'timestamptz', name: 'paid_at', nullable: true })
  paidAt!: Date | null;
}

const [url = ''] = process.argv.slice(2);
const database = new DataSource({ type: 'postgres', url, entities: [PeerPayment], synchronize: true });

/** One payment after the other: its row locked, saved before the call and after it. */
async function charge({ id }: PeerPayment, { billingKey, customerKey }: BenchCard, baseUrl: string): Promise<void> {
  await database.transaction(async (manager) => {
    const lock = { mode: 'pessimistic_write' } as const;
    const payment = await manager.findOneOrFail(PeerPayment, { where: { id, state: 'Pending' }, lock });
    payment.state = 'Sending';
    await manager.save(payment);
    const response = await fetch(`${baseUrl}/v1/billing/${encodeURIComponent(billingKey)}`, {
      method: 'POST',
      headers: {
        authorization: TOSS_AUTHORIZATION,
        'content-type': 'application/json',
        'idempotency-key': payment.orderNo,
      },
      body: JSON.stringify({ amount: PRICE, customerKey, orderId: payment.orderNo, orderName: 'bench' }),
    });
    const { paymentKey, status } = (await response.json()) as { paymentKey: string; status: string };
    if (status !== 'DONE') throw new Error(`HTTP ${response.status}`);
    await manager.save(Object.assign(payment, { state: 'Paid', paymentKey, paidAt: new Date() }));
  });
}

answerOrders<PaymentsOrder, Run>(async ({ baseUrl, cards }) => {
  if (!database.isInitialized) await database.initialize();
  const payments = database.getRepository(PeerPayment);
  const orders = cards.map(() => ({ orderNo: `peer-${randomUUID()}`, state: 'Pending' as const }));
  const stored = await payments.save(payments.create(orders));
  return timed(async () => {
    for (const [index, payment] of stored.entries()) await charge(payment, cards[index] as BenchCard, baseUrl);
  });
});
