import type { Client } from 'pg';

export const PEER_SCHEMA = 'peer';

const TABLES = ['billing_token', 'charge', 'settlement', 'subscription', 'subscription_history'] as const;
type Table = (typeof TABLES)[number];

/** Of a table, what both sides must have come to; not what is numbered or timed by itself. */
const RESULTS: Record<Table, string> = {
  billing_token: 'token_hash',
  charge: `order_no, bulk_payment_job_id, line_number, store_product_id, product_name, amount, carrier_amount,
    credit_card_amount, tmembership_amount, billing_token_hash`,
  settlement: `charge_id, subscription_id, period_start_on, kind, amount, transaction_id, result_code, result_message,
    bulk_payment_job_id, result_line_number`,
  subscription: 'id, state, next_billing_on, paid_through_on, decline_count, retry_on',
  subscription_history: 'subscription_id, from_state, to_state, cause, changes, actor',
};

/** The peers' tables, seen from the benchmark: filled with what they begin with, held against ours in the end. */
export class PeerTables {
  private constructor(private readonly client: Client) {}

  static async prepare(client: Client): Promise<PeerTables> {
    await client.query(`CREATE SCHEMA ${PEER_SCHEMA}`);
    for (const table of TABLES) {
      await client.query(`CREATE TABLE ${PEER_SCHEMA}.${table} (LIKE public.${table} INCLUDING ALL)`);
    }
    // As migrated: of a table copied, it is not.
    await client.query(`ALTER TABLE ${PEER_SCHEMA}.subscription SET (fillfactor = 50)`);
    return new PeerTables(client);
  }

  /** Empties a table and fills it with rows of ours. */
  async fill(table: Table, where = 'true'): Promise<void> {
    const peer = `${PEER_SCHEMA}.${table}`;
    await this.client.query(`TRUNCATE ${peer}`);
    await this.client.query(`INSERT INTO ${peer} OVERRIDING SYSTEM VALUE SELECT * FROM ${table} WHERE ${where}`);
    await this.client.query(`VACUUM ANALYZE ${peer}`);
  }

  async empty(...tables: Table[]): Promise<void> {
    for (const table of tables) await this.fill(table, 'false');
  }

  /** @throws when a peer has come to another result than we have */
  async expectSame(table: Table, where = 'true'): Promise<void> {
    const ours = `SELECT ${RESULTS[table]} FROM ${table} WHERE ${where}`;
    const peers = `SELECT ${RESULTS[table]} FROM ${PEER_SCHEMA}.${table} AS ${table}`;
    const { rows } = await this.client.query<{ ours: number; peers: number }>(
      `SELECT (SELECT count(*)::int FROM (${ours} EXCEPT ALL ${peers}) AS missing) AS ours,
         (SELECT count(*)::int FROM (${peers} EXCEPT ALL ${ours}) AS foreign_ones) AS peers`,
    );
    const [found] = rows;
    if (found?.ours === 0 && found.peers === 0) return;
    throw new Error(`${table}: ${found?.ours} rows only we have, ${found?.peers} only the peer has`);
  }
}
