import type { MigrationInterface, QueryRunner } from 'typeorm';

const KNOWN = `gateway IN ('tstore', 'toss', 'kakaopay', 'portone')`;

/**
 * Charges that are in no file. What a charge of T store's has of its job, its line and its parts, one of another gateway has
 * none of; and payments are told apart by their gateway, because two of these may give one id.
 */
export class ChargesOfAnyGateway1795500400001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await nameGateways(runner);
    await freeCharges(runner);
    await tellPaymentsApart(runner);
    await runner.query(UNPAID_CHARGE_PAYMENT);
    await runner.query(CHARGE_SENT);
    await runner.query('DROP VIEW daily_reconciliation');
    await runner.query(DAILY_RECONCILIATION);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** A constant default rewrites no row, and a CHECK that every row passes by it is proven by one reading. */
async function nameGateways(runner: QueryRunner): Promise<void> {
  for (const table of ['settlement', 'refund', 'payment_refund_total']) {
    await runner.query(`
      ALTER TABLE ${table}
        ADD gateway text NOT NULL DEFAULT 'tstore',
        ADD CONSTRAINT ${table}_gateway_known CHECK (${KNOWN})`);
  }
  for (const table of ['transaction_lookup', 'gateway_account']) {
    await runner.query(`
      ALTER TABLE ${table}
        DROP CONSTRAINT ${table}_gateway_known,
        ADD CONSTRAINT ${table}_gateway_known CHECK (${KNOWN})`);
  }
}

async function freeCharges(runner: QueryRunner): Promise<void> {
  const ofFile = [
    ...['bulk_payment_job_id', 'line_number', 'carrier_amount', 'credit_card_amount', 'tmembership_amount'],
    'billing_token_hash',
  ];
  await runner.query(`
    ALTER TABLE charge
      ${ofFile.map((column) => `ALTER ${column} DROP NOT NULL,`).join('\n      ')}
      ADD tax_free_amount bigint NOT NULL DEFAULT 0,
      DROP CONSTRAINT charge_gateway_known,
      ADD CONSTRAINT charge_gateway_known CHECK (${KNOWN}),
      ADD CONSTRAINT charge_of_a_file CHECK (
        num_nonnulls(${ofFile.join(', ')}) = CASE gateway WHEN 'tstore' THEN ${ofFile.length} ELSE 0 END),
      ADD CONSTRAINT charge_tax_free_within_amount CHECK (tax_free_amount BETWEEN 0 AND amount)`);
  // Few beside those of files, and none of these: what is asked about them reads no other.
  await runner.query('CREATE INDEX charge_of_no_job ON charge (id) WHERE bulk_payment_job_id IS NULL');
  await runner.query(`
    CREATE INDEX charge_of_no_job_day ON charge (((created_at AT TIME ZONE 'Asia/Seoul')::date))
    WHERE bulk_payment_job_id IS NULL`);
  await runner.query(`
    ALTER TABLE settlement
      ALTER bulk_payment_job_id DROP NOT NULL,
      DROP CONSTRAINT settlement_follows_from_one,
      ADD CONSTRAINT settlement_follows_from_one CHECK (
        CASE gateway WHEN 'tstore' THEN num_nonnulls(result_line_number, discrepancy_id, refund_id) = 1
          ELSE num_nonnulls(result_line_number, discrepancy_id) = 0 END),
      ADD CONSTRAINT settlement_of_a_job CHECK ((gateway = 'tstore') = (bulk_payment_job_id IS NOT NULL))`);
  // What is found of a charge that is neither in a job nor of a subscription parks nothing, and waits for a person all the same.
  await runner.query(`
    ALTER TABLE line_stop
      DROP CONSTRAINT line_stop_parks_one,
      ADD CONSTRAINT line_stop_parks_one CHECK (num_nonnulls(bulk_payment_job_id, subscription_id) <= 1)`);
}

async function tellPaymentsApart(runner: QueryRunner): Promise<void> {
  await runner.query('DROP INDEX settlement_transaction_once');
  await runner.query(`
    CREATE UNIQUE INDEX settlement_transaction_once ON settlement (transaction_id, gateway,
      (CASE WHEN kind = 'paid' AND shares_transaction IS NULL THEN 0 ELSE position END))
    WHERE transaction_id IS NOT NULL`);
  await runner.query(`
    ALTER TABLE payment_refund_total
      DROP CONSTRAINT payment_refund_total_pkey, ADD PRIMARY KEY (transaction_id, gateway)`);
  await runner.query(`
    CREATE OR REPLACE FUNCTION count_refund() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        UPDATE refund_total SET pending_amount = pending_amount - NEW.amount,
          refunded_amount = refunded_amount + CASE NEW.state WHEN 'Refunded' THEN NEW.amount ELSE 0 END
        WHERE charge_id = NEW.charge_id;
        RETURN NULL;
      END IF;
      INSERT INTO refund_total (charge_id, amount, pending_amount, refunded_amount)
      SELECT charge_id, amount, NEW.amount, 0 FROM settlement
      WHERE charge_id = NEW.charge_id AND kind = 'paid' AND transaction_id = NEW.transaction_id
        AND gateway = NEW.gateway AND refund_id IS NULL
      ON CONFLICT (charge_id) DO UPDATE SET pending_amount = refund_total.pending_amount + NEW.amount;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'charge % is not paid by transaction % of %', NEW.charge_id, NEW.transaction_id, NEW.gateway
          USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_of_a_payment';
      END IF;
      RETURN NULL;
    END
    $$`);
  await runner.query(`
    CREATE OR REPLACE FUNCTION count_refund_of_payment() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        UPDATE payment_refund_total SET pending_amount = pending_amount - NEW.amount,
          refunded_amount = refunded_amount + CASE NEW.state WHEN 'Refunded' THEN NEW.amount ELSE 0 END
        WHERE transaction_id = NEW.transaction_id AND gateway = NEW.gateway;
        RETURN NULL;
      END IF;
      INSERT INTO payment_refund_total (transaction_id, gateway, amount, pending_amount, refunded_amount)
      SELECT NEW.transaction_id, NEW.gateway, max(amount), NEW.amount, 0 FROM settlement
      WHERE transaction_id = NEW.transaction_id AND gateway = NEW.gateway AND kind = 'paid'
      ON CONFLICT (transaction_id, gateway)
      DO UPDATE SET pending_amount = payment_refund_total.pending_amount + NEW.amount;
      RETURN NULL;
    END
    $$`);
  await runner.query(`
    CREATE OR REPLACE TRIGGER refund_stays
    BEFORE DELETE OR TRUNCATE OR UPDATE OF id, charge_id, gateway, transaction_id, amount ON refund
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
}

/** As it was, of T store's charges: to have a payment is what T store says of paid ones only, and others of declined ones too. */
const UNPAID_CHARGE_PAYMENT = `
  CREATE OR REPLACE VIEW unpaid_charge_payment AS
  SELECT ended.charge_id, ended.kind AS ended_as, named.transaction_id, word.id AS lookup_id, word.at AS found_at,
    (word.found ->> 'amount')::bigint AS found_amount
  FROM (
    SELECT charge_id, transaction_id FROM settlement
    WHERE kind IN ('declined', 'closed') AND transaction_id IS NOT NULL AND gateway = 'tstore'
    UNION
    SELECT charge_id, found ->> 'transactionId' FROM discrepancy
    WHERE charge_id IS NOT NULL AND found ->> 'transactionId' IS NOT NULL
    UNION
    SELECT discrepancy.charge_id, lookup.transaction_id
    FROM discrepancy_lookup AS lookup JOIN discrepancy ON discrepancy.id = lookup.discrepancy_id
    WHERE discrepancy.charge_id IS NOT NULL AND lookup.suggestion = 'accept-as-paid') AS named
  JOIN settlement AS ended ON ended.charge_id = named.charge_id AND ended.refund_id IS NULL
    AND ended.kind IN ('declined', 'closed')
  CROSS JOIN LATERAL (
    SELECT lookup.id, lookup.at, lookup.answer, lookup.found FROM transaction_lookup AS lookup
    WHERE lookup.transaction_id = named.transaction_id AND lookup.gateway = 'tstore' AND lookup.answer <> 'unknown'
    ORDER BY lookup.id DESC LIMIT 1) AS word
  WHERE word.answer = 'found' AND (word.found ->> 'isRefunded') IS DISTINCT FROM 'true'
    AND (ended.kind = 'declined' OR word.at > ended.settled_at)
    AND NOT EXISTS (SELECT FROM settlement AS other
      WHERE other.transaction_id = named.transaction_id AND other.gateway = 'tstore' AND other.kind = 'paid')`;

/**
 * What a charge's state reads of the room that sends it: whether and when what carries it was sent, and whether it may have
 * charges yet whose answer is not settled. By the job, for that is found by its key.
 */
const CHARGE_SENT = `
  CREATE VIEW charge_sent AS
  SELECT id AS bulk_payment_job_id, submission_started_at AS sent_at,
    submission_started_at IS NOT NULL AND (settled_at IS NULL OR missing_count + quarantined_count > 0) AS is_awaited
  FROM bulk_payment_job`;

const KINDS = [
  ...['requested', 'paid', 'declined', 'missing', 'quarantined', 'failed', 'awaited'],
  ...['accepted_paid', 'accepted_declined', 'closed', 'open'],
] as const;
const DECIDED = KINDS.slice(7);

/** Of what was sent at once: how much of it was of a kind, where a condition is met. */
function part(kind: string, [count, amount]: readonly [string, string], condition?: string): string {
  const of = (value: string): string => (condition === undefined ? value : `CASE WHEN ${condition} THEN ${value} END`);
  return `${of(count)} AS ${kind}_count, ${of(amount)} AS ${kind}_amount`;
}

const OF_JOB = ['line_count', 'total_amount'] as const;
const OF_CHARGE = ['1', 'charge.amount'] as const;
const NONE = ['NULL::bigint', 'NULL::bigint'] as const;

/** A Seoul day adds up what was sent on it: jobs, by when their sending began, and charges of no job, which are sent as they are made. */
const DAILY_RECONCILIATION = `
  CREATE VIEW daily_reconciliation AS
  SELECT day, sum(jobs)::integer AS jobs, sum(requested_count)::bigint AS requested_count,
    sum(requested_amount) AS requested_amount,
    ${KINDS.slice(1)
      .map(
        (kind) => `coalesce(sum(${kind}_count), 0)::bigint AS ${kind}_count,
    coalesce(sum(${kind}_amount), 0) AS ${kind}_amount`,
      )
      .join(',\n    ')}
  FROM (
    SELECT (submission_started_at AT TIME ZONE 'Asia/Seoul')::date AS day, 1 AS jobs,
      ${part('requested', OF_JOB)},
      ${['paid', 'declined', 'missing', 'quarantined'].map((kind) => `${kind}_count, ${kind}_amount`).join(', ')},
      ${part('failed', OF_JOB, "state = 'Failed'")},
      ${part('awaited', OF_JOB, "state <> 'Failed' AND reconciled_at IS NULL")},
      ${DECIDED.map((kind) => `decided.${kind}_count, decided.${kind}_amount`).join(', ')}
    FROM bulk_payment_job
    LEFT JOIN LATERAL (
      SELECT * FROM job_decisions WHERE job_decisions.job_id = bulk_payment_job.id AND reconciled_at IS NOT NULL)
      AS decided ON true
    WHERE submission_started_at IS NOT NULL
    UNION ALL
    SELECT (charge.created_at AT TIME ZONE 'Asia/Seoul')::date, 0,
      ${part('requested', OF_CHARGE)},
      ${part('paid', OF_CHARGE, "settlement.kind = 'paid'")},
      ${part('declined', OF_CHARGE, "settlement.kind = 'declined'")},
      ${part('missing', NONE)}, ${part('quarantined', NONE)}, ${part('failed', NONE)},
      ${part('awaited', OF_CHARGE, 'settlement.charge_id IS NULL')},
      ${DECIDED.map((kind) => part(kind, NONE)).join(', ')}
    FROM charge LEFT JOIN settlement ON settlement.charge_id = charge.id AND settlement.refund_id IS NULL
    WHERE charge.bulk_payment_job_id IS NULL) AS sent
  GROUP BY day`;
