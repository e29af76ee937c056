import { Client } from 'pg';
import { until } from './until';

/** Any number nobody else locks. */
const GATE_LOCK = 7_261_543_097;

/** Where a statement of the service is stopped. */
export interface GatePlace {
  table: 'bulk_payment_job' | 'settlement' | 'subscription';
  /** As in CREATE TRIGGER, such as `BEFORE UPDATE`. */
  event: string;
  each: 'ROW' | 'STATEMENT';
  /** On OLD and NEW; always, without it. */
  when?: string;
}

/**
 * Holds whoever comes to a place, inside the transaction that brought it there, with an advisory lock that a trigger waits
 * for: the service knows nothing of it, and no moment has to be hit by timing.
 */
export class StageGate {
  private constructor(
    private readonly client: Client,
    private readonly place: GatePlace,
  ) {}

  static async close(databaseUrl: string, place: GatePlace): Promise<StageGate> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query('SELECT pg_advisory_lock($1)', [GATE_LOCK]);
    await client.query(`
      CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock_shared(${GATE_LOCK});
        RETURN NEW;
      END $$`);
    const { table, event, each, when } = place;
    await client.query(
      `CREATE TRIGGER gate ${event} ON ${table} FOR EACH ${each} ${when === undefined ? '' : `WHEN (${when})`}
       EXECUTE FUNCTION wait_at_gate()`,
    );
    // So that a server process whose client was killed ends while it waits, and not when it next speaks to it.
    await client.query(`ALTER DATABASE ${client.database} SET client_connection_check_interval = '20ms'`);
    return new StageGate(client, place);
  }

  /** @param meanwhile what else has to go on until somebody comes to the gate */
  async reached(meanwhile: () => Promise<unknown>): Promise<void> {
    await until('somebody waits at the gate', async () => {
      await meanwhile();
      const waiting = await this.client.query(
        `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
           AND (classid::bigint << 32 | objid::bigint) = $1`,
        [GATE_LOCK],
      );
      return waiting.rowCount === 1 || undefined;
    });
  }

  /** Lets whoever waits go on, and takes the gate away. */
  async open(): Promise<void> {
    await this.client.query('SELECT pg_advisory_unlock($1)', [GATE_LOCK]);
    await this.client.query(`DROP TRIGGER gate ON ${this.place.table}; DROP FUNCTION wait_at_gate()`);
    await this.client.end();
  }

  /** Waits until nobody else is connected, so that whatever was open is rolled back, and takes the gate away. */
  async openOnceDeserted(): Promise<void> {
    await until('the server has ended the sessions of the killed process', async () => {
      const others = await this.client.query(
        'SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      return others.rowCount === 0 || undefined;
    });
    await this.client.query(`DROP TRIGGER gate ON ${this.place.table}; DROP FUNCTION wait_at_gate()`);
    await this.client.end();
  }
}
