import { Injectable } from '@nestjs/common';
import { ChargeSettlement } from '../../charge';
import { LookupConfig } from '../../config';
import { DomainError } from '../../kernel/errors';
import type { TimeRange } from '../../kernel/seoul-calendar';
import { arrowOf } from '../../kernel/transitions';
import { wonFromDatabase } from '../../kernel/won';
import { lastLook, nextLook, tellsSql } from '../../transaction-lookup';
import { Database, violatesUnique, type SqlSession } from '../../platform/database';
import { move, type Aggregate, type Changes } from '../../platform/work';
import { BEGIN_WATCH_SQL } from '../payment-watch/payment-watch.sql';
import type { ChargeEvidence, Claim, GatewayWord } from './acceptance-evidence';
import { Discrepancy, DiscrepancyLookup } from './discrepancy.entity';
import type { AskedPayment } from './discrepancy-suggestion';
import { DISCREPANCY_FIRST_STATES, DISCREPANCY_TRANSITIONS, type DiscrepancyState } from './discrepancy.state';
import type { DiscrepancyKind } from './finding';
import type { ResultLineWords } from './result-line-words';

/** Who decided, when and why, is kept by the row itself. */
const DISCREPANCY: Aggregate<Discrepancy, typeof DISCREPANCY_TRANSITIONS> = {
  name: 'discrepancy',
  rows: Discrepancy,
  subject: 'discrepancyId',
  transitions: DISCREPANCY_TRANSITIONS,
  firstStates: DISCREPANCY_FIRST_STATES,
};

const CLOSING = arrowOf(DISCREPANCY_TRANSITIONS, 'close');

/** Which discrepancies to list: oldest first, `afterId` exclusive. */
export interface DiscrepancyPage {
  jobId?: string | undefined;
  state?: DiscrepancyState | undefined;
  kind?: DiscrepancyKind | undefined;
  orderNo?: string | undefined;
  /** When they were found. */
  found?: TimeRange | undefined;
  afterId: string;
  limit: number;
}

/** Who decided, when and why. */
export interface Decision {
  actor: string;
  reason: string;
  at: Date;
  /** The only version it may be decided in, when there is one. */
  version?: string | undefined;
}

/** As what a charge is settled by decision. */
export type AcceptedOutcome = SettledOutcome | { kind: 'closed'; transactionId: string | null; resultCode: string };

/** What accepting settles a charge as; closing is another event. */
type SettledOutcome =
  | { kind: 'paid'; transactionId: string; resultCode: string }
  | { kind: 'declined'; transactionId: string | null; resultCode: string };

/** How many of a job's discrepancies are in which state. */
export type DiscrepancyCounts = Record<DiscrepancyState, number>;

@Injectable()
export class DiscrepancyRepository {
  constructor(
    private readonly database: Database,
    private readonly charges: ChargeSettlement,
    private readonly watching: LookupConfig,
  ) {}

  async find(id: string, session: SqlSession = this.database): Promise<Discrepancy | undefined> {
    return (await session.manager.findOneBy(Discrepancy, { id })) ?? undefined;
  }

  /** The gateway account that its job is collected by. */
  async accountOf({ bulkPaymentJobId }: Discrepancy): Promise<string> {
    const [job] = await this.database.rows<{ account: string }>(
      'SELECT gateway_account AS account FROM bulk_payment_job WHERE id = $1',
      [bulkPaymentJobId],
    );
    if (job === undefined) throw new DomainError('internal-error', `there is no job ${bulkPaymentJobId}`);
    return job.account;
  }

  list({ jobId, state, kind, orderNo, found, afterId, limit }: DiscrepancyPage): Promise<Discrepancy[]> {
    const query = this.database.manager
      .createQueryBuilder(Discrepancy, 'discrepancy')
      .where('discrepancy.id > :afterId', { afterId })
      .orderBy('discrepancy.id', 'ASC')
      .limit(limit);
    if (jobId !== undefined) query.andWhere('discrepancy.bulkPaymentJobId = :jobId', { jobId });
    if (state !== undefined) query.andWhere('discrepancy.state = :state', { state });
    if (kind !== undefined) query.andWhere('discrepancy.kind = :kind', { kind });
    if (orderNo !== undefined) query.andWhere('discrepancy.orderNo = :orderNo', { orderNo });
    if (found?.from !== undefined) query.andWhere('discrepancy.createdAt >= :from', { from: found.from });
    if (found?.until !== undefined) query.andWhere('discrepancy.createdAt < :until', { until: found.until });
    return query.getMany();
  }

  async counts(jobId: string): Promise<DiscrepancyCounts> {
    const rows = await this.database.rows<{ state: DiscrepancyState; count: number }>(
      'SELECT state, count(*)::int AS count FROM discrepancy WHERE bulk_payment_job_id = $1 GROUP BY state',
      [jobId],
    );
    const counts: DiscrepancyCounts = { Open: 0, Accepted: 0, Closed: 0 };
    for (const { state, count } of rows) counts[state] = count;
    return counts;
  }

  async addLookup(lookup: Omit<DiscrepancyLookup, 'id'>): Promise<void> {
    await this.database.manager.insert(DiscrepancyLookup, lookup);
  }

  /** What T store said of a discrepancy, latest first. */
  lookups(discrepancyId: string): Promise<DiscrepancyLookup[]> {
    return this.database.manager.find(DiscrepancyLookup, { where: { discrepancyId }, order: { id: 'DESC' } });
  }

  /** Payments of a charge that ended unpaid, which T store was seen to have and not to have given back. */
  async seenAfterAll(chargeId: string): Promise<string[]> {
    const seen = await this.database.rows<{ transactionId: string }>(
      `SELECT transaction_id AS "transactionId" FROM unpaid_charge_payment WHERE charge_id = $1 ORDER BY 1`,
      [chargeId],
    );
    return seen.map(({ transactionId }) => transactionId);
  }

  /** What its charge asked; `undefined` where it names none of ours. */
  async asked(session: SqlSession, id: string): Promise<AskedPayment | undefined> {
    const [asked] = await session.rows<Omit<AskedPayment, 'amount'> & { amount: string }>(
      `SELECT amount, store_product_id AS "storeProductId", encode(billing_token_hash, 'hex') AS "billingTokenHash"
       FROM discrepancy JOIN charge ON charge.id = discrepancy.charge_id WHERE discrepancy.id = $1`,
      [id],
    );
    return asked && { ...asked, amount: wonFromDatabase(asked.amount) };
  }

  /**
   * All that is known of a discrepancy's charge, or of its own line where it has none, with what T store said since a time.
   * What an earlier version kept says too little to be evidence.
   */
  async evidence(session: SqlSession, id: string, since: Date): Promise<ChargeEvidence> {
    const lines = await session.rows<{ found: ResultLineWords | null }>(
      `SELECT other.found FROM discrepancy JOIN discrepancy AS other ON ${OF_ONE_CHARGE}
       WHERE discrepancy.id = $1 ORDER BY other.id`,
      [id],
    );
    const words = await session.rows<GatewayWord & { transactionId: string }>(
      `SELECT DISTINCT ON (transaction_id) transaction_id AS "transactionId", answer, lookup.found
       FROM discrepancy JOIN discrepancy AS other ON ${OF_ONE_CHARGE}
         JOIN discrepancy_lookup AS lookup ON lookup.discrepancy_id = other.id
       WHERE discrepancy.id = $1 AND lookup.at >= $2 AND ${tellsSql('answer')}
         AND (lookup.found IS NULL OR lookup.found ? 'isRefunded')
       ORDER BY transaction_id, lookup.id DESC`,
      [id, since],
    );
    return {
      asked: (await this.asked(session, id)) ?? {},
      lines: lines.flatMap(({ found }) => (found === null ? [] : [found])),
      words: new Map(words.map(({ transactionId, ...word }) => [transactionId, word])),
      claims: await this.claims(
        session,
        id,
        words.map(({ transactionId }) => transactionId),
      ),
    };
  }

  /** Other orders than a discrepancy's own whose lines name these transactions, by transaction. */
  async claims(session: SqlSession, id: string, transactionIds: readonly string[]): Promise<Map<string, Claim[]>> {
    const rows = await session.rows<Claimed>(
      `SELECT DISTINCT claim.found ->> 'transactionId' AS "transactionId", charge.order_no AS "orderNo", charge.amount,
         charge.store_product_id AS "storeProductId", encode(charge.billing_token_hash, 'hex') AS "billingTokenHash"
       FROM discrepancy AS own
       JOIN discrepancy AS claim ON claim.charge_id <> own.charge_id
       JOIN charge ON charge.id = claim.charge_id
       WHERE own.id = $1 AND claim.found ->> 'transactionId' = ANY ($2)
       ORDER BY charge.order_no`,
      [id, transactionIds],
    );
    const claims = new Map<string, Claim[]>();
    for (const { transactionId, orderNo, amount, ...asked } of rows) {
      const claim = { orderNo, asked: { ...asked, amount: wonFromDatabase(amount) } };
      claims.set(transactionId, [...(claims.get(transactionId) ?? []), claim]);
    }
    return claims;
  }

  /**
   * Closes a discrepancy, and with the last one of an unsettled charge the charge: an entry of the settlement log says so.
   *
   * @throws {DomainError} `state-conflict` when it is decided already; `version-conflict`
   */
  async close(session: SqlSession, id: string, outcome: AcceptedOutcome, decision: Decision): Promise<void> {
    await this.lockAllOfCharge(session, id);
    await this.decide(session, id, 'close', decision);
    const [last] = await session.rows(
      `SELECT FROM discrepancy
       WHERE id = $1 AND charge_id IS NOT NULL
         AND NOT EXISTS (SELECT FROM discrepancy AS other
           WHERE other.charge_id = discrepancy.charge_id AND other.state = 'Open')
         AND NOT EXISTS (SELECT FROM settlement
           WHERE settlement.charge_id = discrepancy.charge_id AND refund_id IS NULL)`,
      [id],
    );
    if (last !== undefined) await this.settle(session, id, outcome, decision);
  }

  /** The first open line of a job's result that names no charge of it: any charge without a line may be the one it answers. */
  async openLineOfNoCharge(
    session: SqlSession,
    jobId: string,
  ): Promise<{ id: string; lineNumber: number } | undefined> {
    const [open] = await session.rows<{ id: string; lineNumber: number }>(
      `SELECT id, line_number AS "lineNumber" FROM discrepancy
       WHERE bulk_payment_job_id = $1 AND charge_id IS NULL AND line_number IS NOT NULL AND state = 'Open'
       ORDER BY line_number LIMIT 1`,
      [jobId],
    );
    return open;
  }

  private decide(
    session: SqlSession,
    id: string,
    event: 'accept' | 'close',
    { actor, reason, at, version }: Decision,
    accepted: Pick<Changes<Discrepancy>, 'acceptedAs'> = {},
  ): Promise<void> {
    const changes = { ...accepted, decidedAt: at, decidedBy: actor, decisionReason: reason };
    const why = { cause: event, actor, reason, at };
    return move(session, DISCREPANCY, { id, state: 'Open' }, event, why, { changes, guard: { version } });
  }

  /** In one order: two decisions on two of them would wait for each other. */
  private async lockAllOfCharge(session: SqlSession, id: string): Promise<void> {
    await session.rows(
      `SELECT FROM discrepancy WHERE charge_id = (SELECT charge_id FROM discrepancy WHERE id = $1)
       ORDER BY id FOR UPDATE`,
      [id],
    );
  }

  /**
   * Settles a discrepancy's charge by decision: always for the charge's own amount, because that is what was asked.
   * Other discrepancies of the same charge are closed by the same decision.
   *
   * @throws {DomainError} `state-conflict` when it is decided already, `version-conflict`; `charge-settled` when its charge is;
   *   `transaction-settled` when the payment settled another charge
   */
  async accept(session: SqlSession, id: string, outcome: SettledOutcome, decision: Decision): Promise<void> {
    await this.lockAllOfCharge(session, id);
    await this.decide(session, id, 'accept', decision, { acceptedAs: outcome.kind });
    await session.execute(
      `UPDATE discrepancy SET state = $5, decided_at = $2, decided_by = $3, decision_reason = $4
       WHERE charge_id = (SELECT charge_id FROM discrepancy WHERE id = $1) AND state = ANY ($6)`,
      [id, decision.at, decision.actor, decision.reason, CLOSING.to, CLOSING.from],
    );
    await this.refuseSettledTransaction(session, id, outcome);
    await this.settle(session, id, outcome, decision);
  }

  /** @throws {DomainError} `transaction-settled` when the payment settled another charge */
  async refuseSettledTransaction(session: SqlSession, id: string, outcome: AcceptedOutcome): Promise<void> {
    if (outcome.kind !== 'paid') return;
    const [other] = await session.rows<{ order_no: string }>(
      `SELECT charge.order_no
       FROM discrepancy
       JOIN charge AS own ON own.id = discrepancy.charge_id
       JOIN settlement ON settlement.transaction_id = $2 AND settlement.gateway = own.gateway AND settlement.kind = 'paid'
       JOIN charge ON charge.id = settlement.charge_id
       WHERE discrepancy.id = $1 AND charge.id <> discrepancy.charge_id
       LIMIT 1`,
      [id, outcome.transactionId],
    );
    if (other !== undefined) throw transactionSettled(outcome, `order ${other.order_no}`);
  }

  private async settle(session: SqlSession, id: string, outcome: AcceptedOutcome, decision: Decision): Promise<void> {
    const settled = {
      sql: `SELECT charge.id AS charge_id, charge.subscription_id, charge.period_start_on, $2 AS kind, charge.amount,
          charge.gateway, $3 AS transaction_id, $4 AS result_code, $5 AS result_message, charge.bulk_payment_job_id,
          NULL::integer AS result_line_number, discrepancy.id AS discrepancy_id, NULL::bigint AS refund_id
        FROM discrepancy JOIN charge ON charge.id = discrepancy.charge_id
        WHERE discrepancy.id = $1`,
      parameters: [id, outcome.kind, outcome.transactionId, outcome.resultCode, decision.reason],
    };
    try {
      await this.charges.settle(session, settled, decision.at);
      if (outcome.kind === 'paid') return;
      const looks = [nextLook(decision.at, this.watching.watchDays), lastLook(decision.at, this.watching.watchDays)];
      await session.execute(BEGIN_WATCH_SQL, [id, decision.at, ...looks]);
    } catch (error) {
      if (violatesUnique(error, 'settlement_transaction_once')) throw transactionSettled(outcome, 'another charge');
      if (!violatesUnique(error, 'settlement_charge_once')) throw error;
      throw new DomainError('charge-settled', `The charge of discrepancy ${id} is settled already; close it instead`);
    }
  }
}

/** A claim as a row. */
interface Claimed {
  transactionId: string;
  orderNo: string;
  amount: string;
  storeProductId: string;
  billingTokenHash: string;
}

const OF_ONE_CHARGE = 'other.id = discrepancy.id OR other.charge_id = discrepancy.charge_id';

function transactionSettled({ transactionId }: AcceptedOutcome, whose: string): DomainError {
  return new DomainError('transaction-settled', `Transaction ${transactionId} settled ${whose}; nothing was changed`);
}
