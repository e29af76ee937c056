import type { Client } from 'pg';
import { timed, type Run } from './measure';

/**
 * The same rows stored plainly, under the same keys and checks, one statement after the other: the limit of
 * anybody whose rows are durable and unique. Each table is a copy without rows of its own at first.
 */
export class PlainStatements {
  private constructor(private readonly client: Client) {}

  /** Makes the tables, and fills that of the subscriptions. */
  static async prepare(client: Client): Promise<PlainStatements> {
    for (const table of ['charge', 'settlement', 'billing_token']) {
      await client.query(`CREATE TABLE plain_${table} (LIKE ${table} INCLUDING ALL)`);
    }
    // As migrated: in a month all rows of a page change, and there is room for them.
    await client.query('CREATE TABLE plain_subscription (LIKE subscription INCLUDING ALL) WITH (fillfactor = 50)');
    await client.query('INSERT INTO plain_subscription OVERRIDING SYSTEM VALUE SELECT * FROM subscription ORDER BY id');
    return new PlainStatements(client);
  }

  /** `INSERT … SELECT` of a job's charges. */
  charges(jobId: string): Promise<Run> {
    return this.run(
      `INSERT INTO plain_charge (${CHARGE_COLUMNS}) SELECT ${CHARGE_COLUMNS} FROM charge
       WHERE bulk_payment_job_id = ${jobId} ORDER BY line_number`,
    );
  }

  /** `INSERT … SELECT` of the billing tokens that were stored since. */
  billingTokens(): Promise<Run> {
    return this.run(
      `INSERT INTO plain_billing_token SELECT * FROM billing_token
       WHERE created_at > (SELECT coalesce(max(created_at), '-infinity') FROM plain_billing_token) ORDER BY token_hash`,
    );
  }

  /** `INSERT … SELECT` of what was settled since, and the `UPDATE` of its subscriptions. */
  async settlements(): Promise<Run> {
    const { rows } = await this.client.query<{ last: string }>(
      'SELECT coalesce(max(position), 0) AS last FROM plain_settlement',
    );
    const since = `FROM settlement WHERE position > ${rows[0]?.last}`;
    const appended = await this.run(`INSERT INTO plain_settlement SELECT * ${since} ORDER BY position`);
    const extended = await this.run(
      `UPDATE plain_subscription AS subscription SET ${ONE_PERIOD_ON}
       FROM (SELECT subscription_id ${since} AND kind = 'paid') AS paid WHERE subscription.id = paid.subscription_id`,
    );
    return sumOf(appended, extended);
  }

  private run(sql: string): Promise<Run> {
    return timed(() => this.client.query(sql));
  }
}

/** One after the other. */
export function sumOf(...runs: readonly Run[]): Run {
  const sum = (figure: (run: Run) => number) => runs.reduce((total, run) => total + figure(run), 0);
  return { seconds: sum((run) => run.seconds), cpuSeconds: sum((run) => run.cpuSeconds) };
}

const CHARGE_COLUMNS = `order_no, bulk_payment_job_id, line_number, subscription_id, period_start_on, attempt,
  store_product_id, product_name, amount, carrier_amount, credit_card_amount, tmembership_amount, billing_token_hash,
  created_at`;

const ONE_PERIOD_ON = `
  paid_through_on = billing_date_after(next_billing_on, interval_months, anchor_day),
  next_billing_on = billing_date_after(next_billing_on, interval_months, anchor_day)`;
