import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import { DatabaseConfig } from '../../config';
import { Clock, secondsAfter } from '../clock';
import { openPool } from '../database';
import { Readiness } from './readiness';

const TIMEOUT_MS = 2_000;
/** A write is synced to the disk each time, so not at every question. */
const WRITE_EVERY_SECONDS = 5;
/** On a standby, too, transactions are read-only. */
const WRITABLE = `SELECT current_setting('transaction_read_only')::boolean AS "readOnly"`;

/**
 * Asks the database over a connection of its own: a pool that is busy with a million lines must not make a process look
 * dead whose listener answers well.
 */
@Injectable()
export class DatabaseCheck implements OnModuleInit, OnApplicationShutdown {
  private readonly pool: Pool;
  private writeAgainAt = new Date(0);

  constructor(
    config: DatabaseConfig,
    private readonly clock: Clock,
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
      const readOnly = await this.isReadOnly().catch(() => undefined);
      if (readOnly === undefined) return 'can’t be reached';
      return readOnly ? 'is read-only' : this.writeProblem();
    });
  }

  /** A session stays what it began as: the next to ask gets a new one, unless this one may write. */
  private async isReadOnly(): Promise<boolean> {
    const client = await this.pool.connect();
    let readOnly = true;
    try {
      const { rows } = await client.query<{ readOnly: boolean }>(WRITABLE);
      readOnly = rows[0]?.readOnly ?? true;
      return readOnly;
    } finally {
      client.release(readOnly);
    }
  }

  /** Only a write that is committed proves that there is room, that nothing holds it up, and that it is kept. */
  private async writeProblem(): Promise<string | undefined> {
    const now = this.clock.now();
    if (now < this.writeAgainAt) return undefined;
    try {
      await this.pool.query('UPDATE write_proof SET written_at = $1', [now]);
      this.writeAgainAt = secondsAfter(now, WRITE_EVERY_SECONDS);
      return undefined;
    } catch {
      return 'commits no write';
    }
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
