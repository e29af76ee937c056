import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { won } from '../src/kernel/won';
import { Checkout, Orders } from '../src/order';
import { Database } from '../src/platform/database';
import type { RunningService } from '../src/service';
import { withDatabase } from './database';
import { spreadOf, type BenchmarkOptions, type Comparison } from './measure';
import { answerOf, startProcess } from './processes';
import type { Call, VisitsOrder, VisitsResult } from './processes/visitor';
import { startBenchService } from './service';
import { startBenchSimulator } from './simulator';
import { BenchToss, PRICE, TOSS_AUTHORIZATION, tossSettings } from './toss';

const RETURNS_PER_SECOND = 100;
/** Three seconds of them. */
const RETURNS = 300;
/** One after the other, each once nothing else is under way. */
const WEBHOOKS = 20;
const MOST_WAIT_MS = 60_000;

/** What a customer has agreed to in Toss's window, and where the window leads. */
interface Agreed {
  orderNo: string;
  paymentKey: string;
  returnAddress: string;
}

interface Round {
  returns: VisitsResult;
  /** The same calls to Toss, and nothing else. */
  bare: VisitsResult;
  webhooksMs: number[];
  /** A lookup by order number, one at a time. */
  lookupMs: number;
}

/**
 * Orders paid in Toss's window, a hundred customers coming back each second; and orders that another program confirms, of which we
 * hear by a webhook.
 */
export async function benchmarkOrders(options: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-orders-'));
  const simulator = await startBenchSimulator();
  const visitor = startProcess('visitor');
  try {
    return await withDatabase(options.adminUrl, async (url) => {
      const settings = {
        ...tossSettings(simulator.baseUrl),
        CHECKOUT_REQUESTS_PER_MINUTE: '0',
        PAYMENT_RATE_PER_MINUTE: '60000',
      };
      const service = await startBenchService({ url, directory, simulatorUrl: simulator.baseUrl, settings });
      try {
        const toss = new BenchToss(simulator.baseUrl);
        await toss.control('POST', 'declines', { declineRate: 0 });
        return comparisonsOf(await new Bench(service, toss, visitor, options).rounds());
      } finally {
        await service.close();
      }
    });
  } finally {
    visitor.kill();
    simulator.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

class Bench {
  private readonly orders: Orders;
  private readonly checkout: Checkout;
  private readonly database: Database;
  private count = 0;

  constructor(
    private readonly service: RunningService,
    private readonly toss: BenchToss,
    private readonly visitor: ChildProcess,
    private readonly options: BenchmarkOptions,
  ) {
    const { app } = service;
    [this.orders, this.checkout, this.database] = [app.get(Orders), app.get(Checkout), app.get(Database)];
  }

  async rounds(): Promise<Round[]> {
    const measured: Round[] = [];
    for (let round = 0; round <= this.options.rounds; round++) {
      const bare = await this.visit((await this.agreedMany()).map((one) => this.callsToToss(one)));
      const agreed = await this.agreedMany();
      const returns = await this.visit(agreed.map(({ returnAddress }) => [{ method: 'GET', address: returnAddress }]));
      await this.expectPaid(agreed);
      const { webhooksMs, lookupMs } = await this.webhooks();
      const text = [returns, bare].map(({ medianMs, p99Ms }) => `${medianMs.toFixed(1)} and ${p99Ms.toFixed(1)} ms`);
      this.options.print(
        `orders ${round}/${this.options.rounds}: returns ${text[0]}, the calls alone ${text[1]}, ` +
          `webhook to Paid ${spreadOf(webhooksMs).median.toFixed(0)} ms, a lookup ${lookupMs.toFixed(1)} ms`,
      );
      // The first warms up.
      if (round > 0) measured.push({ returns, bare, webhooksMs, lookupMs });
    }
    return measured;
  }

  private visit(visits: VisitsOrder['visits']): Promise<VisitsResult> {
    this.visitor.send({ visits, perSecond: RETURNS_PER_SECOND } satisfies VisitsOrder);
    return answerOf<VisitsResult>(this.visitor);
  }

  private async agreedMany(): Promise<Agreed[]> {
    const agreed: Agreed[] = [];
    while (agreed.length < RETURNS) agreed.push(await this.agreed());
    return agreed;
  }

  /** An order, its window, and the customer's yes in it. */
  private async agreed(): Promise<Agreed> {
    const order = await this.orders.create({
      ...{ reference: `bench-${(this.count += 1)}`, gatewayAccount: 'toss', name: '문구 세트', amount: won(PRICE) },
      ...{
        items: [{ name: '연필', unitAmount: won(PRICE), quantity: 1, taxFreeAmount: won(0) }],
        customer: {},
        actor: 'bench',
      },
      ...{ returnUrl: 'https://shop.example/back', expiresInMinutes: 60 },
    });
    const token = this.orders.tokenOf(order);
    const { window } = await this.checkout.open(token);
    const amount = { currency: 'KRW', value: PRICE };
    const asked = { ...window, kind: 'payment', method: 'CARD', amount };
    const { windowId } = await this.toss.control<{ windowId: string }>('POST', 'windows', asked);
    const paid = await this.toss.control<{ redirectUrl: string }>('POST', `windows/${windowId}/pay`, {});
    const query = new URL(paid.redirectUrl).search;
    const brought = new URLSearchParams(query);
    return {
      orderNo: brought.get('orderId') ?? '',
      paymentKey: brought.get('paymentKey') ?? '',
      returnAddress: `${this.service.url}/checkout/v1/orders/${token}/return${query}`,
    };
  }

  /** What is asked of Toss when a customer comes back. */
  private callsToToss({ orderNo: orderId, paymentKey }: Agreed): Call[] {
    const call = { authorization: TOSS_AUTHORIZATION };
    return [
      { ...call, method: 'GET', address: `${this.toss.baseUrl}/v1/payments/${paymentKey}` },
      {
        ...call,
        ...{ method: 'POST', address: `${this.toss.baseUrl}/v1/payments/confirm` },
        ...confirming(orderId, paymentKey),
      },
    ];
  }

  /** From a webhook's arrival to the order that it makes us look for, as the rows have it. */
  private async webhooks(): Promise<{ webhooksMs: number[]; lookupMs: number }> {
    await this.toss.control('POST', 'webhooks', { urls: [`${this.service.url}/webhooks/toss/toss`] });
    const lookups: Call[][] = [];
    const webhooksMs: number[] = [];
    try {
      for (let index = 0; index < WEBHOOKS; index++) {
        const { orderNo, paymentKey } = await this.agreed();
        const [, confirm] = this.callsToToss({ orderNo, paymentKey, returnAddress: '' });
        await this.visit([[confirm as Call]]);
        webhooksMs.push(await this.paidAfterMs(orderNo));
        const address = `${this.toss.baseUrl}/v1/payments/orders/${orderNo}`;
        lookups.push([{ method: 'GET', address, authorization: TOSS_AUTHORIZATION }]);
      }
    } finally {
      await this.toss.control('POST', 'webhooks', { urls: [] });
    }
    return { webhooksMs, lookupMs: (await this.visit(lookups)).medianMs };
  }

  private async paidAfterMs(orderNo: string): Promise<number> {
    const until = performance.now() + MOST_WAIT_MS;
    for (;;) {
      const [row] = await this.database.rows<{ ms: number }>(
        `SELECT extract(epoch FROM paid.at - min(notification.received_at))::float8 * 1000 AS ms
         FROM notification JOIN order_attempt ON order_attempt.order_no = notification.order_no
         JOIN customer_order_history AS paid ON paid.order_id = order_attempt.order_id AND paid.to_state = 'Paid'
         WHERE notification.order_no = $1 GROUP BY paid.at`,
        [orderNo],
      );
      if (row !== undefined) return row.ms;
      if (performance.now() > until) throw new Error(`order ${orderNo} was confirmed, and is not Paid`);
      await delay(20);
    }
  }

  private async expectPaid(agreed: readonly Agreed[]): Promise<void> {
    const [row] = await this.database.rows<{ paid: number }>(
      `SELECT count(*)::int AS paid FROM order_attempt JOIN customer_order ON customer_order.id = order_attempt.order_id
       WHERE order_attempt.order_no = ANY ($1) AND customer_order.state = 'Paid'`,
      [agreed.map(({ orderNo }) => orderNo)],
    );
    if (row?.paid !== agreed.length) throw new Error(`${row?.paid} of ${agreed.length} orders are Paid`);
  }
}

function confirming(orderId: string, paymentKey: string): Pick<Call, 'body' | 'idempotencyKey'> {
  return { body: { paymentKey, orderId, amount: PRICE }, idempotencyKey: randomUUID() };
}

/** What is above the gateway's own time is ours. */
function comparisonsOf(rounds: readonly Round[]): Comparison[] {
  const above = (figure: (result: VisitsResult) => number) =>
    spreadOf(rounds.map(({ returns, bare }) => figure(returns) - figure(bare)));
  const webhook = spreadOf(rounds.map(({ webhooksMs, lookupMs }) => spreadOf(webhooksMs).median - lookupMs));
  return [
    {
      name: 'an order from its return to Paid, above the gateway, p50',
      unit: 'ms',
      ours: above((of) => of.medianMs),
      atMost: 10,
    },
    { name: 'the same, p99', unit: 'ms', ours: above((of) => of.p99Ms), atMost: 40 },
    { name: 'from a webhook to Paid, above the lookup', unit: 'ms', ours: webhook, atMost: 150 },
  ];
}
