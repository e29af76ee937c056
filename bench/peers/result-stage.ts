import { parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { In, type EntityManager } from 'typeorm';
import { Charge, Settlement } from '../../src/charge';
import { billingDateAfter, seoulDate, seoulDateAt } from '../../src/kernel/seoul-calendar';
import { Subscription, SubscriptionHistory } from '../../src/subscription';
import { timed, type Run } from '../measure';
import { answerOnce } from '../processes/exchange';
import { batchesOf, openPeerDatabase } from './database';

/** A result file that was fetched already, to be settled. */
export interface ResultStageOrder {
  file: string;
  jobId: string;
}

type ResultLine = Record<'noBranchOrder' | 'amtReqPurchase' | 'tid' | 'cdResult' | 'msgResult', string>;

/** As the policy has it by default: days after a decline on which it is tried again. */
const RETRY_DAYS = [3, 7];
const DAY_MS = 86_400_000;

/** Reads the result file line by line and settles a thousand charges in a transaction, through TypeORM. */
class ResultStage {
  private lineNumber = 1;
  private position = 0;

  constructor(
    private readonly order: ResultStageOrder,
    private readonly at: Date,
  ) {}

  async settle(manager: EntityManager, lines: readonly ResultLine[]): Promise<void> {
    const found = await manager.findBy(Charge, { orderNo: In(lines.map((line) => line.noBranchOrder)) });
    const charges = new Map(found.map((charge) => [charge.orderNo, charge]));
    const settlements = lines.map((line) => this.settlementOf(line, charges.get(line.noBranchOrder)));
    await manager.insert(Settlement, settlements);
    const ids = settlements.map(({ subscriptionId }) => subscriptionId);
    const subscriptions = new Map(
      (await manager.findBy(Subscription, { id: In(ids) })).map((subscription) => [subscription.id, subscription]),
    );
    const changes: Partial<SubscriptionHistory>[] = [];
    for (const settlement of settlements) {
      const subscription = subscriptions.get(settlement.subscriptionId ?? '');
      if (subscription?.nextBillingOn !== settlement.periodStartOn) continue;
      changes.push(...(settlement.kind === 'paid' ? this.pay(subscription) : this.decline(subscription, settlement)));
    }
    await manager.save([...subscriptions.values()], { chunk: 100 });
    await manager.save(manager.create(SubscriptionHistory, changes), { chunk: 100 });
  }

  private settlementOf(line: ResultLine, charge: Charge | undefined): Settlement {
    if (charge === undefined) throw new Error(`order ${line.noBranchOrder} is unknown`);
    if (charge.amount !== Number(line.amtReqPurchase)) throw new Error(`order ${line.noBranchOrder}: another amount`);
    const isPaid = line.cdResult === '0000';
    return Object.assign(new Settlement(), {
      position: String(++this.position),
      chargeId: charge.id,
      subscriptionId: charge.subscriptionId,
      periodStartOn: charge.periodStartOn,
      kind: isPaid ? 'paid' : 'declined',
      amount: charge.amount,
      transactionId: isPaid ? line.tid : null,
      resultCode: line.cdResult,
      resultMessage: line.msgResult,
      bulkPaymentJobId: this.order.jobId,
      resultLineNumber: ++this.lineNumber,
      settledAt: this.at,
    } satisfies Partial<Settlement>);
  }

  private pay(subscription: Subscription): Partial<SubscriptionHistory>[] {
    const { id, state, nextBillingOn, intervalMonths, anchorDay } = subscription;
    const next = billingDateAfter(seoulDate(nextBillingOn), intervalMonths, anchorDay);
    Object.assign(subscription, { nextBillingOn: next, paidThroughOn: next });
    if (state !== 'PastDue') return [];
    Object.assign(subscription, { state: 'Active', declineCount: 0, retryOn: null });
    return [this.changeOf(id, { fromState: state, toState: 'Active', cause: 'period paid' })];
  }

  private decline(subscription: Subscription, settlement: Settlement): Partial<SubscriptionHistory>[] {
    const { id, declineCount, state } = subscription;
    const days = RETRY_DAYS[declineCount];
    const retryOn = days === undefined ? null : seoulDateAt(new Date(this.at.getTime() + days * DAY_MS));
    Object.assign(subscription, { state: 'PastDue', declineCount: declineCount + 1, retryOn });
    const declined = this.changeOf(id, {
      fromState: state,
      toState: 'PastDue',
      cause: 'charge declined',
      changes: {
        decline_count: [declineCount, declineCount + 1],
        retry_on: [null, retryOn],
        result_code: [null, settlement.resultCode],
      },
    });
    if (retryOn !== null) return [declined];
    const cause = 'no further attempt: all were declined';
    return [declined, this.changeOf(id, { fromState: 'PastDue', toState: 'PastDue', cause })];
  }

  private changeOf(subscriptionId: string, change: Partial<SubscriptionHistory>): Partial<SubscriptionHistory> {
    return { subscriptionId, actor: 'settlement', at: this.at, ...change };
  }
}

answerOnce<Run>(async (url, text) => {
  const order = JSON.parse(text) as ResultStageOrder;
  const database = await openPeerDatabase(url);
  const stage = new ResultStage(order, new Date());
  const run = await timed(async () => {
    const lines: AsyncIterable<ResultLine> = createReadStream(order.file).pipe(parse({ columns: true, bom: true }));
    for await (const batch of batchesOf(lines)) {
      await database.transaction((manager) => stage.settle(manager, batch));
    }
  });
  await database.destroy();
  return run;
});
