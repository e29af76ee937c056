import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { DatabaseConfig } from '../config';
import { codeOf, messageOf } from '../kernel/errors';
import { crashPoint } from '../platform/crash-points';
import { openPool } from '../platform/database';
import { Logger } from '../platform/logging';
import type { CountedArrival } from './arrival';
import { STORE_ARRIVALS, arrivalParameters } from './arrival.sql';

/** With the queue's wait these keep every answer within the 10 s that PNS waits (docs/protocol/tstore.md, section 6). */
const CONNECT_TIMEOUT_MS = 2_000;
const STATEMENT_TIMEOUT_MS = 2_000;
/** The server ends a slow statement; this ends the wait for a server that says nothing more at all. */
const SILENCE_TIMEOUT_MS = 2_500;
/** A row that somebody else holds longer must not hold up its neighbours in the batch. */
const LOCK_TIMEOUT_MS = 500;

/** The longest one statement can take, a new connection included. */
export const STORE_LIMIT_MS = CONNECT_TIMEOUT_MS + SILENCE_TIMEOUT_MS;

/**
 * Writes arrivals over connections of its own, so that nothing else in the process can starve the listener.
 *
 * A statement is committed when its promise resolves: durable before anything is answered.
 */
@Injectable()
export class ArrivalStore implements OnApplicationShutdown {
  private readonly pool: Pool;

  constructor(config: DatabaseConfig, logger: Logger) {
    const log = logger.child({ component: 'notification-listener' });
    this.pool = openPool(
      {
        connectionString: config.url,
        application_name: 'tstore-merchant-billing-listener',
        max: 2,
        // Kept open while idle: the next message must not wait for a connection.
        idleTimeoutMillis: 0,
        keepAlive: true,
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        statement_timeout: STATEMENT_TIMEOUT_MS,
        query_timeout: SILENCE_TIMEOUT_MS,
        lock_timeout: LOCK_TIMEOUT_MS,
      },
      (error) => log.warn('database connection lost', { reason: messageOf(error) }),
    );
  }

  /**
   * Stores all of the arrivals or none. Keys must not repeat within one call.
   *
   * @returns the places of those that were sent to no account of their gateway, which are not stored
   * @throws the driver's error; then what became of the rows is unknown, and storing them again only counts a repeat
   */
  async store(arrivals: readonly CountedArrival[]): Promise<readonly number[]> {
    const client = await this.pool.connect();
    try {
      await crashPoint('notification.arrived');
      const values = arrivalParameters(arrivals);
      const { rows } = await client.query<{ toNobody: number[] }>({
        name: 'store-arrivals',
        text: STORE_ARRIVALS,
        values,
      });
      await crashPoint('notification.stored');
      client.release();
      return rows[0]?.toNobody ?? [];
    } catch (error) {
      releaseAfter(client, error);
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}

/** Whether a statement failed because of one of its rows, so that the others can be stored without it. */
export function isRowFault(error: unknown): boolean {
  const code = sqlState(error);
  if (code === undefined) return false;
  return ROW_FAULT_CLASSES.has(code.slice(0, 2)) || ROW_FAULTS.has(code);
}

/** Data exceptions, integrity violations, program limits. */
const ROW_FAULT_CLASSES = new Set(['22', '23', '54']);
/** Lock not available, deadlock, serialization failure. */
const ROW_FAULTS = new Set(['55P03', '40P01', '40001']);

/** After a row's fault the connection is sound; after anything else it may be half dead, so it is closed. */
function releaseAfter(client: PoolClient, error: unknown): void {
  client.release(!isRowFault(error));
}

function sqlState(error: unknown): string | undefined {
  const code = codeOf(error);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
