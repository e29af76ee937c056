import { Client } from 'pg';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seoulDate } from '../../src/kernel/seoul-calendar';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/embedded-postgres';
import { serviceSettings } from '../../simulator';
import { memoryDirectory } from '../support/memory-directory';
import { addSubscriptions } from '../support/prepared-billing';
import { buildTemplate, databaseUrl } from '../support/template-database';
import { until } from '../support/until';

/** A crash of the server must lose no commit; that the machine loses power is not what is tried. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '200',
  io_method: 'sync',
};
const BILLING = 'billing_template';
const SUBSCRIPTIONS = 6;
const SUBSCRIBED_ON = seoulDate('2026-12-10');

/** A PostgreSQL of its own, which may crash, with a database to clone that has subscriptions. */
export class FaultServer {
  private databases = 0;

  private constructor(private readonly server: EmbeddedPostgres) {}

  static async start(): Promise<FaultServer> {
    const directory = await mkdtemp(join(memoryDirectory() ?? tmpdir(), 'faults-'));
    const server = await startEmbeddedPostgres({ directory, settings: SETTINGS });
    const faults = new FaultServer(server);
    await faults.sql(`CREATE DATABASE ${BILLING} TEMPLATE ${await buildTemplate(server.adminUrl)}`);
    const nowhere = serviceSettings('http://127.0.0.1:1');
    await addSubscriptions(databaseUrl(server.adminUrl, BILLING), SUBSCRIPTIONS, SUBSCRIBED_ON, nowhere);
    return faults;
  }

  /** @returns the address of a new database with subscriptions and nothing billed */
  async createDatabase(): Promise<string> {
    const name = `schedule_${(this.databases += 1)}`;
    // Half the time of the usual strategy, which writes every page to the log as well.
    await this.sql(`CREATE DATABASE ${name} TEMPLATE ${BILLING} STRATEGY FILE_COPY`);
    return databaseUrl(this.server.adminUrl, name);
  }

  async drop(url: string): Promise<void> {
    await this.sql(`DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
  }

  /** Kills a server process, as the system would for want of memory; PostgreSQL then ends all and recovers. */
  async crash(): Promise<void> {
    const [victim, witness] = [await this.connect(), await this.connect()];
    const { rows } = await victim.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    // Until the others are ended too, the server might still take connections that it is about to end.
    const ended = new Promise((resolve) => witness.once('end', resolve));
    process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
    await ended;
    await until('the database has recovered', () =>
      this.sql('SELECT').then(
        () => true as const,
        () => undefined,
      ),
    );
  }

  async close(): Promise<void> {
    await this.server.stop();
    await rm(this.server.directory, { recursive: true, force: true });
  }

  private async sql(statement: string): Promise<void> {
    const client = await this.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Waits while the server comes back from a crash. */
  connect(url = this.server.adminUrl): Promise<Client> {
    return until('the database takes connections', async () => {
      const client = new Client({ connectionString: url });
      client.on('error', () => undefined);
      return client.connect().then(
        () => client,
        () => undefined,
      );
    });
  }
}
