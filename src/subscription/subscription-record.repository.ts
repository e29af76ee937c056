import { Injectable } from '@nestjs/common';
import type { SeoulDate } from '../kernel/seoul-calendar';
import { wonFromDatabase, type Won } from '../kernel/won';
import type { GatewayName } from '../gateway-account';
import type { PaymentMethodKind, PaymentMethodState } from '../payment-method';
import { Database, type SqlSession } from '../platform/database';
import { CHARGED_AMOUNTS_SQL } from './charged-amounts.sql';
import { isCalledSql } from './customer-name.sql';
import { SubscriptionHistory } from './subscription.entity';
import type { SubscriptionState } from './subscription.state';

/** A subscription as it is read: with its product, what it is charged, and no billing token but a piece of its hash. */
export interface SubscriptionRecord {
  id: string;
  customerReference: string;
  productId: string;
  storeProductId: string;
  productName: string;
  state: SubscriptionState;
  paymentMethod: SubscriptionMethod;
  /** First twelve hexadecimal digits of the token's SHA-256: enough to tell two tokens apart; `null` where it has none. */
  billingTokenHashPrefix: string | null;
  startedOn: SeoulDate;
  anchorDay: number;
  intervalMonths: number;
  trialUntil: SeoulDate | null;
  endsOn: SeoulDate | null;
  nextBillingOn: SeoulDate;
  paidThroughOn: SeoulDate | null;
  /** Day from which a declined period is tried again, past while an attempt is on its way; `null` when nothing is tried. */
  retryOn: SeoulDate | null;
  cancelAtPeriodEnd: boolean;
  /** It is to be paid by a method that can't be charged: the customer must register another. */
  newMethodNeeded: boolean;
  /** Whether the four amounts are this customer's own, and not the product's. */
  priceOverridden: boolean;
  amount: Won;
  /** Who collects which part, where T store does; `null` of what another gateway collects. */
  carrierAmount: Won | null;
  creditCardAmount: Won | null;
  tmembershipAmount: Won | null;
  createdAt: Date;
  /** Changes with every change of the row: PostgreSQL's own count. */
  version: string;
}

/** What a subscription is paid with, whichever the gateway. */
export interface SubscriptionMethod {
  /** `null` for a billing token of T store's, which lives in the vault. */
  id: string | null;
  gateway: GatewayName;
  gatewayAccount: string;
  kind: PaymentMethodKind;
  state: PaymentMethodState;
  label: string | null;
}

/** Which to read; what is `undefined` does not matter. */
export interface SubscriptionFilter {
  state?: SubscriptionState | undefined;
  customerReference?: string | undefined;
  productId?: string | undefined;
  newMethodNeeded?: boolean | undefined;
}

type RecordRow = Omit<SubscriptionRecord, 'amount' | PartName> & { amount: string } & Record<PartName, string | null>;
type PartName = 'carrierAmount' | 'creditCardAmount' | 'tmembershipAmount';

/** Over `subscription` and its `method`, if it has one. */
const NEW_METHOD_NEEDED_SQL = `(coalesce(method.state, 'Active') <> 'Active' AND subscription.state NOT IN ('Canceled', 'Expired'))`;

/** Over `subscription` joined with `product`. */
const RECORD_SQL = `SELECT record.*, record.carrier_amount AS "carrierAmount",
    record.credit_card_amount AS "creditCardAmount", record.tmembership_amount AS "tmembershipAmount"
  FROM (
    SELECT subscription.id, subscription.customer_reference AS "customerReference", product.id AS "productId",
      product.store_product_id AS "storeProductId", product.name AS "productName", subscription.state,
      left(encode(subscription.billing_token_hash, 'hex'), 12) AS "billingTokenHashPrefix",
      CASE WHEN method.id IS NULL
        THEN json_build_object('id', NULL, 'gateway', 'tstore', 'gatewayAccount', product.gateway_account,
          'kind', 'billing-token', 'state', 'Active', 'label', NULL)
        ELSE json_build_object('id', method.id::text, 'gateway', method.gateway, 'gatewayAccount', method.gateway_account,
          'kind', method.kind, 'state', method.state, 'label', method.label) END AS "paymentMethod",
      subscription.started_on::text AS "startedOn", subscription.anchor_day AS "anchorDay",
      subscription.interval_months AS "intervalMonths", subscription.trial_until::text AS "trialUntil",
      subscription.ends_on::text AS "endsOn", subscription.next_billing_on::text AS "nextBillingOn",
      subscription.paid_through_on::text AS "paidThroughOn", subscription.retry_on::text AS "retryOn",
      subscription.cancel_at_period_end AS "cancelAtPeriodEnd",
      ${NEW_METHOD_NEEDED_SQL} AS "newMethodNeeded",
      subscription.amount_override IS NOT NULL AS "priceOverridden", ${CHARGED_AMOUNTS_SQL},
      subscription.created_at AS "createdAt", subscription.xmin::text AS version
    FROM subscription JOIN product ON product.id = subscription.product_id
    LEFT JOIN payment_method AS method ON method.id = subscription.payment_method_id) AS record`;

const FILTER_SQL = `($1::text IS NULL OR record.state = $1)
  AND ($2::text IS NULL OR ${isCalledSql('record."customerReference"', '$2')}) AND ($3::bigint IS NULL OR record."productId" = $3)
  AND ($4::boolean IS NULL OR record."newMethodNeeded" = $4)`;

@Injectable()
export class SubscriptionRecordRepository {
  constructor(private readonly database: Database) {}

  async find(id: string, session: SqlSession = this.database): Promise<SubscriptionRecord | undefined> {
    const [row] = await session.rows<RecordRow>(`${RECORD_SQL} WHERE record.id = $1`, [id]);
    return row && recordOf(row);
  }

  /** Reads it and keeps everybody else from changing it until the transaction ends. */
  async lock(session: SqlSession, id: string): Promise<SubscriptionRecord | undefined> {
    await session.rows('SELECT FROM subscription WHERE id = $1 FOR UPDATE', [id]);
    return this.find(id, session);
  }

  /** Newest first. @param beforeId exclusive */
  async list(filter: SubscriptionFilter, beforeId: string | undefined, limit: number): Promise<SubscriptionRecord[]> {
    const rows = await this.database.rows<RecordRow>(
      `${RECORD_SQL} WHERE ${FILTER_SQL} AND ($5::bigint IS NULL OR record.id < $5) ORDER BY record.id DESC LIMIT $6`,
      [...filterParameters(filter), beforeId ?? null, limit],
    );
    return rows.map(recordOf);
  }

  /** All that match, oldest first, in batches through a cursor: memory stays flat, and all are of one moment. */
  async *readAll(session: SqlSession, filter: SubscriptionFilter): AsyncGenerator<SubscriptionRecord[]> {
    await session.rows(
      `DECLARE exported NO SCROLL CURSOR FOR ${RECORD_SQL} WHERE ${FILTER_SQL} ORDER BY record.id`,
      filterParameters(filter),
    );
    for (;;) {
      const rows = await session.rows<RecordRow>(`FETCH ${CURSOR_BATCH} FROM exported`);
      if (rows.length === 0) return;
      yield rows.map(recordOf);
    }
  }

  history(subscriptionId: string): Promise<SubscriptionHistory[]> {
    return this.database.manager.find(SubscriptionHistory, { where: { subscriptionId }, order: { id: 'ASC' } });
  }
}

/** Some 300 KB of rows at once. */
const CURSOR_BATCH = 1_000;

function filterParameters(filter: SubscriptionFilter): unknown[] {
  const { state = null, customerReference = null, productId = null, newMethodNeeded = null } = filter;
  return [state, customerReference, productId, newMethodNeeded];
}

function recordOf(row: RecordRow): SubscriptionRecord {
  return {
    id: row.id,
    customerReference: row.customerReference,
    productId: row.productId,
    storeProductId: row.storeProductId,
    productName: row.productName,
    state: row.state,
    paymentMethod: row.paymentMethod,
    billingTokenHashPrefix: row.billingTokenHashPrefix,
    startedOn: row.startedOn,
    anchorDay: row.anchorDay,
    intervalMonths: row.intervalMonths,
    trialUntil: row.trialUntil,
    endsOn: row.endsOn,
    nextBillingOn: row.nextBillingOn,
    paidThroughOn: row.paidThroughOn,
    retryOn: row.retryOn,
    cancelAtPeriodEnd: row.cancelAtPeriodEnd,
    newMethodNeeded: row.newMethodNeeded,
    priceOverridden: row.priceOverridden,
    amount: wonFromDatabase(row.amount),
    carrierAmount: partOf(row.carrierAmount),
    creditCardAmount: partOf(row.creditCardAmount),
    tmembershipAmount: partOf(row.tmembershipAmount),
    createdAt: row.createdAt,
    version: row.version,
  };
}

function partOf(part: string | null): Won | null {
  return part === null ? null : wonFromDatabase(part);
}
