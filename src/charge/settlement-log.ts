import { Injectable } from '@nestjs/common';
import type { GatewayName } from '../gateways';
import { DomainError } from '../kernel/errors';
import type { TimeRange } from '../kernel/seoul-calendar';
import { wonFromDatabase, type Won } from '../kernel/won';
import { Clock } from '../platform/clock';
import { Database, withinSql } from '../platform/database';
import { JOIN_BUYER_SQL } from './charge-buyer.sql';
import type { SettlementKind } from './charge.entity';
import { allRefundedSql } from './settlement-effects';

/** An entry of the settlement log as the merchant's systems read it: all they need, without another call. */
export interface SettlementLogEntry {
  position: string;
  settledAt: Date;
  kind: SettlementKind;
  orderNo: string;
  chargeId: string;
  /** Who collects the charge, and whose transaction it is. */
  gateway: GatewayName;
  /** By which of the merchant's accounts. */
  gatewayAccount: string;
  /** `null`: of a charge in no job. */
  bulkPaymentJobId: string | null;
  subscriptionId: string | null;
  /** Whose it is, by the merchant’s name. */
  customerReference: string | null;
  /** Seoul date the settled period begins on. */
  periodStartOn: string | null;
  storeProductId: string;
  productName: string;
  amount: Won;
  transactionId: string | null;
  resultCode: string;
  resultMessage: string;
  resultLineNumber: number | null;
  discrepancyId: string | null;
  /** The refund it tells of; `null` for what became of the charge itself. */
  refundId: string | null;
  /** Of a paid one-time product: whether it was delivered. `null` for everything else. */
  delivery: 'Due' | 'Delivered' | null;
}

export interface LogPage {
  /** Entries behind this position. */
  after: string;
  limit: number;
  gateway?: GatewayName | undefined;
  gatewayAccount?: string | undefined;
  /** When they were settled. */
  settled?: TimeRange | undefined;
}

/** Then nothing is to be delivered any more. */
const IS_REFUNDED_SQL = allRefundedSql('settlement.charge_id');

/** Reads the settlement log from any position, and takes note of what was delivered. */
@Injectable()
export class SettlementLog {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Entries in the order they were committed in: who remembers the last position misses none and sees none twice. */
  read(page: LogPage): Promise<SettlementLogEntry[]> {
    return this.entries('true', page);
  }

  /** One-time products that were paid and not yet delivered, in the order of the log. */
  dueDeliveries(page: LogPage): Promise<SettlementLogEntry[]> {
    return this.entries(
      `settlement.kind = 'paid' AND settlement.subscription_id IS NULL AND delivery.position IS NULL
         AND NOT ${IS_REFUNDED_SQL}`,
      page,
    );
  }

  /**
   * Takes note that items were delivered. Saying so again changes nothing.
   *
   * @param positions of the entries that mark them for delivery
   * @throws {DomainError} `not-to-deliver` naming the positions that mark nothing for delivery; none is noted then
   */
  async acknowledge(positions: readonly string[], actor: string): Promise<void> {
    await this.database.transaction(async (session) => {
      const others = await session.rows<{ position: string }>(
        `SELECT given.position FROM unnest($1::bigint[]) AS given (position)
         WHERE NOT EXISTS (
           SELECT FROM settlement
           WHERE settlement.position = given.position AND kind = 'paid' AND subscription_id IS NULL)
         ORDER BY given.position`,
        [positions],
      );
      if (others.length > 0) {
        const named = others.map((other) => other.position).join(', ');
        throw new DomainError('not-to-deliver', `Nothing is to be delivered at position ${named}; nothing was noted`);
      }
      await session.execute(
        `INSERT INTO delivery (position, actor, delivered_at)
         SELECT DISTINCT position, $2, $3::timestamptz FROM unnest($1::bigint[]) AS given (position)
         ORDER BY position
         ON CONFLICT (position) DO NOTHING`,
        [positions, actor, this.clock.now()],
      );
    });
  }

  private async entries(condition: string, page: LogPage): Promise<SettlementLogEntry[]> {
    const { after, limit, gateway, gatewayAccount, settled } = page;
    const parameters: unknown[] = [after, limit];
    const parameter = (value: Date | undefined): `$${number}` | undefined => value && `$${parameters.push(value)}`;
    const times = { table: 'settlement', key: 'position', time: 'settled_at' };
    const within = withinSql(times, parameter(settled?.from), parameter(settled?.until));
    if (gateway !== undefined) within.push(`settlement.gateway = $${parameters.push(gateway)}`);
    if (gatewayAccount !== undefined) within.push(`charge.gateway_account = $${parameters.push(gatewayAccount)}`);
    const rows = await this.database.rows<Omit<SettlementLogEntry, 'amount'> & { amount: string }>(
      `SELECT settlement.position, settlement.settled_at AS "settledAt", settlement.kind, charge.order_no AS "orderNo",
         settlement.charge_id AS "chargeId", settlement.gateway, charge.gateway_account AS "gatewayAccount", settlement.bulk_payment_job_id AS "bulkPaymentJobId",
         settlement.subscription_id AS "subscriptionId",
         coalesce(subscription.customer_reference, charge_buyer.customer_reference) AS "customerReference", settlement.period_start_on::text AS "periodStartOn",
         charge.store_product_id AS "storeProductId", charge.product_name AS "productName", settlement.amount,
         settlement.transaction_id AS "transactionId", settlement.result_code AS "resultCode",
         settlement.result_message AS "resultMessage", settlement.result_line_number AS "resultLineNumber",
         settlement.discrepancy_id AS "discrepancyId", settlement.refund_id AS "refundId",
         CASE
           WHEN settlement.kind <> 'paid' OR settlement.subscription_id IS NOT NULL THEN NULL
           WHEN delivery.position IS NOT NULL THEN 'Delivered'
           WHEN ${IS_REFUNDED_SQL} THEN NULL
           ELSE 'Due'
         END AS delivery
       FROM settlement
       JOIN charge ON charge.id = settlement.charge_id
       LEFT JOIN subscription ON subscription.id = settlement.subscription_id
       ${JOIN_BUYER_SQL}
       LEFT JOIN delivery ON delivery.position = settlement.position
       WHERE ${['settlement.position > $1', condition, ...within].join(' AND ')}
       ORDER BY settlement.position
       LIMIT $2`,
      parameters,
    );
    return rows.map((row) => ({ ...row, amount: wonFromDatabase(row.amount) }));
  }
}
