import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import { DatabaseConfig } from '../../config';
import { openPool } from '../database';
import { Readiness } from './readiness';

const TIMEOUT_MS = 2_000;
/** On a standby, too, transactions are read-only. */
const WRITABLE = `SELECT current_setting('transaction_read_only')::boolean AS "readOnly"`;

/**
 * Asks the database over a connection of its own: a pool that is busy with a million lines must not make a process look
 * dead whose listener answers well.
 */
@Injectable()
export class DatabaseCheck implements OnModuleInit, OnApplicationShutdown {
  private readonly pool: Pool;

  constructor(
    config: DatabaseConfig,
    private readonly readiness: Readiness,
  ) {
    // The next check opens a new connection and tells what is wrong.
    this.pool = openPool({
      connectionString: config.url,
      application_name: 'tstore-merchant-billing-health',
      max: 1,
      connectionTimeoutMillis: TIMEOUT_MS,
      statement_timeout: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
    });
  }

  onModuleInit(): void {
    this.readiness.register('database', async () => {
      const answer = await this.rows<{ readOnly: boolean }>(WRITABLE).catch(() => undefined);
      if (answer === undefined) return 'can’t be reached';
      return answer[0]?.readOnly ? 'is read-only' : undefined;
    });
  }

  /** For other checks that need to look into the database. */
  async rows<Row>(sql: string): Promise<Row[]> {
    const { rows } = await this.pool.query(sql);
    return rows as Row[];
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
