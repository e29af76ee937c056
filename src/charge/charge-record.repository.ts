import { Injectable } from '@nestjs/common';
import { Gateways, type GatewayAct, type GatewayName } from '../gateways';
import type { SeoulDate, TimeRange } from '../kernel/seoul-calendar';
import { wonFromDatabase, type Won } from '../kernel/won';
import { Database, withinSql, type SqlSession } from '../platform/database';
import { JOIN_BUYER_SQL } from './charge-buyer.sql';
import { CHARGE_STATE_CONDITIONS, CHARGE_STATE_SQL, type ChargeState } from './charge.state';
import type { WithdrawalReason } from './unwanted-charges';
import { PERIOD_IS_OWED_SQL, UNBILLED_SQL } from './unbilled-charges.sql';

/** A charge with what became of it. */
export interface ChargeRecord {
  id: string;
  /** Who collects it. */
  gateway: GatewayName;
  /** By which of the merchant's accounts. */
  gatewayAccount: string;
  orderNo: string;
  /** The job and line of T store's it is sent in, its parts and its token; `null` for a charge of another gateway. */
  bulkPaymentJobId: string | null;
  lineNumber: number | null;
  state: ChargeState;
  subscriptionId: string | null;
  /** Whose it is, by the merchant’s name; `null` for a charge of no subscription. */
  customerReference: string | null;
  periodStartOn: SeoulDate | null;
  attempt: number | null;
  storeProductId: string;
  productName: string;
  /** SHA-256 of the token it is collected with, in hexadecimal. */
  billingTokenHash: string | null;
  amount: Won;
  taxFreeAmount: Won;
  carrierAmount: Won | null;
  creditCardAmount: Won | null;
  tmembershipAmount: Won | null;
  transactionId: string | null;
  resultCode: string | null;
  resultMessage: string | null;
  /** Where its settlement stands in the settlement log. */
  settlementPosition: string | null;
  /** The line of the result file that settled it; `null` where a decision did. */
  resultLineNumber: number | null;
  /** The discrepancy whose acceptance settled it. */
  discrepancyId: string | null;
  settledAt: Date | null;
  /** Why it was taken out before it was sent. */
  withdrawnBecause: WithdrawalReason | null;
  /** Whether it ended unpaid, and its period may be billed again. */
  isOwed: boolean;
  /** Whether it is or was to be paid by a deposit: then it is given back to an account that the customer names. */
  isByDeposit: boolean;
  /** What was given back of it. */
  refundedAmount: Won;
  /** What is to be given back and has not ended yet. */
  pendingRefundAmount: Won;
  createdAt: Date;
  /** What its gateway can be asked for here. */
  gatewayActs: readonly GatewayAct[];
}

/** Which to read; what is `undefined` does not matter. */
export interface ChargeFilter {
  orderNo?: string | undefined;
  transactionId?: string | undefined;
  subscriptionId?: string | undefined;
  /** Who pays, whether by a subscription or in person. */
  customerReference?: string | undefined;
  jobId?: string | undefined;
  state?: ChargeState | undefined;
  /** Whose period nobody bills again but a person. */
  unbilled?: boolean | undefined;
  gateway?: GatewayName | undefined;
  gatewayAccount?: string | undefined;
  /** When they were made. */
  made?: TimeRange | undefined;
}

type RecordRow = Omit<ChargeRecord, AmountName | PartName | 'gatewayActs'> &
  Record<AmountName, string> &
  Record<PartName, string | null>;
type AmountName = 'amount' | 'taxFreeAmount' | 'refundedAmount' | 'pendingRefundAmount';
type PartName = 'carrierAmount' | 'creditCardAmount' | 'tmembershipAmount';

/** Of `charge`, what was sent of it, its settlement and its refunds, for conditions on all of them. */
const RECORD_SQL = `
  SELECT charge.id, charge.gateway, charge.gateway_account AS "gatewayAccount", charge.order_no AS "orderNo", charge.bulk_payment_job_id AS "bulkPaymentJobId",
    charge.line_number AS "lineNumber", ${CHARGE_STATE_SQL} AS state, charge.subscription_id AS "subscriptionId",
    coalesce(charge_subscription.customer_reference, charge_buyer.customer_reference) AS "customerReference",
    charge.period_start_on::text AS "periodStartOn", charge.attempt, charge.store_product_id AS "storeProductId",
    charge.product_name AS "productName", encode(charge.billing_token_hash, 'hex') AS "billingTokenHash", charge.amount,
    charge.tax_free_amount AS "taxFreeAmount", charge.carrier_amount AS "carrierAmount",
    charge.credit_card_amount AS "creditCardAmount", charge.tmembership_amount AS "tmembershipAmount",
    charge_settlement.transaction_id AS "transactionId", charge_settlement.result_code AS "resultCode",
    charge_settlement.result_message AS "resultMessage", charge_settlement.position AS "settlementPosition",
    charge_withdrawal.reason AS "withdrawnBecause",
    charge_settlement.result_line_number AS "resultLineNumber", charge_settlement.discrepancy_id AS "discrepancyId",
    charge_settlement.settled_at AS "settledAt",
    CASE WHEN charge_settlement.kind IN ('declined', 'closed') AND charge.subscription_id IS NOT NULL
      THEN ${PERIOD_IS_OWED_SQL} ELSE false END AS "isOwed",
    charge_deposit.charge_id IS NOT NULL AS "isByDeposit",
    coalesce(charge_refund.refunded_amount, 0) AS "refundedAmount",
    coalesce(charge_refund.pending_amount, 0) AS "pendingRefundAmount", charge.created_at AS "createdAt"
  FROM charge
  LEFT JOIN charge_sent ON charge_sent.bulk_payment_job_id = charge.bulk_payment_job_id
  LEFT JOIN charge_withdrawal ON charge_withdrawal.charge_id = charge.id
  LEFT JOIN charge_sent_alone ON charge_sent_alone.charge_id = charge.id
  LEFT JOIN charge_deposit ON charge_deposit.charge_id = charge.id
  LEFT JOIN settlement AS charge_settlement ON charge_settlement.charge_id = charge.id
    AND charge_settlement.refund_id IS NULL
  LEFT JOIN refund_total AS charge_refund ON charge_refund.charge_id = charge.id
  LEFT JOIN subscription AS charge_subscription ON charge_subscription.id = charge.subscription_id
  ${JOIN_BUYER_SQL}`;

/** Those of a customer (`$n`), by either way. */
const ofCustomerSql = (customerReference: string): string => `charge.id IN (
  SELECT charge.id FROM charge JOIN subscription ON subscription.id = charge.subscription_id
  WHERE subscription.customer_reference = ${customerReference}
  UNION ALL
  SELECT charge.id FROM charge_buyer JOIN charge ON charge.order_no = charge_buyer.order_no
  WHERE charge_buyer.customer_reference = ${customerReference})`;

/** Charges as they are read. */
@Injectable()
export class ChargeRecordRepository {
  constructor(
    private readonly database: Database,
    private readonly gateways: Gateways,
  ) {}

  async find(id: string): Promise<ChargeRecord | undefined> {
    const [record] = await this.records(`${RECORD_SQL} WHERE charge.id = $1`, [id]);
    return record;
  }

  async findByOrderNo(orderNo: string, session?: SqlSession): Promise<ChargeRecord | undefined> {
    const [record] = await this.records(`${RECORD_SQL} WHERE charge.order_no = $1`, [orderNo], session);
    return record;
  }

  /** Newest first, before an id. */
  async list(filter: ChargeFilter, page: { beforeId: string | undefined; limit: number }): Promise<ChargeRecord[]> {
    const { orderNo, transactionId, subscriptionId, jobId, state, unbilled, gateway, gatewayAccount, made } = filter;
    const { customerReference } = filter;
    const parameters: unknown[] = [];
    const conditions = ['true'];
    const add = (column: string, comparison: string, value: unknown): void => {
      if (value === undefined) return;
      parameters.push(value);
      conditions.push(`${column} ${comparison} $${parameters.length}`);
    };
    add('charge.order_no', '=', orderNo);
    add('charge_settlement.transaction_id', '=', transactionId);
    add('charge.subscription_id', '=', subscriptionId);
    add('charge.bulk_payment_job_id', '=', jobId);
    if (customerReference !== undefined) conditions.push(ofCustomerSql(`$${parameters.push(customerReference)}`));
    add('charge.gateway', '=', gateway);
    add('charge.gateway_account', '=', gatewayAccount);
    // They have an index of their own, beside T store's by the million.
    if (gateway !== undefined && gateway !== 'tstore') conditions.push('charge.bulk_payment_job_id IS NULL');
    const parameter = (value: Date | undefined): `$${number}` | undefined => value && `$${parameters.push(value)}`;
    const times = { table: 'charge', key: 'id', time: 'created_at' };
    conditions.push(...withinSql(times, parameter(made?.from), parameter(made?.until)));
    add('charge.id', '<', page.beforeId);
    // PostgreSQL would not conclude it, and read the index of the declined ones from its end to find a page deep in it.
    if (state === 'Declined') add('charge_settlement.charge_id', '<', page.beforeId);
    if (unbilled !== undefined) conditions.push(unbilled ? UNBILLED_SQL : `(${UNBILLED_SQL}) IS NOT TRUE`);
    const ways = state === undefined ? ['true'] : CHARGE_STATE_CONDITIONS[state];
    const found = ways.map(
      (way) => `${RECORD_SQL} WHERE ${[...conditions, way].join(' AND ')} ORDER BY charge.id DESC LIMIT ${page.limit}`,
    );
    return this.records(newestOf(found, page.limit), parameters);
  }

  /** The charges of a job in the order of its request file, after a line. */
  listOfJob(jobId: string, page: { afterLine: string; limit: number }): Promise<ChargeRecord[]> {
    return this.records(
      `${RECORD_SQL} WHERE charge.bulk_payment_job_id = $1 AND charge.line_number > $2::bigint
       ORDER BY charge.line_number LIMIT $3`,
      [jobId, page.afterLine, page.limit],
    );
  }

  private async records(
    sql: string,
    parameters: readonly unknown[],
    session: SqlSession = this.database,
  ): Promise<ChargeRecord[]> {
    const rows = await session.rows<RecordRow>(sql, parameters);
    return rows.map((row) => ({
      ...row,
      gatewayActs: this.gateways.acts(row.gateway),
      amount: wonFromDatabase(row.amount),
      taxFreeAmount: wonFromDatabase(row.taxFreeAmount),
      carrierAmount: partOf(row.carrierAmount),
      creditCardAmount: partOf(row.creditCardAmount),
      tmembershipAmount: partOf(row.tmembershipAmount),
      refundedAmount: wonFromDatabase(row.refundedAmount),
      pendingRefundAmount: wonFromDatabase(row.pendingRefundAmount),
    }));
  }
}

/** The newest of what several statements find, each in that order and no more than the limit. */
function newestOf(statements: readonly string[], limit: number): string {
  const [only] = statements;
  if (only !== undefined && statements.length === 1) return only;
  const all = statements.map((sql) => `(${sql})`).join(' UNION ALL ');
  return `SELECT * FROM (${all}) AS found ORDER BY id DESC LIMIT ${limit}`;
}

function partOf(amount: string | null): Won | null {
  return amount === null ? null : wonFromDatabase(amount);
}
