import { Injectable, Optional } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import type { Pool, PoolClient } from 'pg';
import { assertHoldsNoConnection, holdingConnection } from './held-connection';
import { KeptConnections } from './kept-connections';

/** Somewhere SQL can be sent: the pool, or one open transaction. */
export interface SqlSession {
  /** TypeORM's entity access in this session. */
  readonly manager: EntityManager;
  /** Rows as the driver gives them: `bigint` and `numeric` as text, `timestamptz` as Date. */
  rows<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** @returns how many rows the statement changed. */
  execute(sql: string, parameters?: readonly unknown[]): Promise<number>;
}

/** A transaction's session, which also lends its connection, for COPY. */
export interface SqlTransaction extends SqlSession {
  /** The connection itself; nothing else may be sent on this session while it streams. */
  client(): Promise<PoolClient>;
}

/** One statement after the other, each on a connection of a pool. */
class PoolSession implements SqlSession {
  constructor(protected readonly source: () => DataSource) {}

  get manager(): EntityManager {
    return this.source().manager;
  }

  async rows<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    return this.withRunner(async (runner) => new RunnerSession(runner).rows<Row>(sql, parameters));
  }

  async execute(sql: string, parameters?: readonly unknown[]): Promise<number> {
    return this.withRunner(async (runner) => new RunnerSession(runner).execute(sql, parameters));
  }

  protected async withRunner<Result>(work: (runner: QueryRunner) => Promise<Result>): Promise<Result> {
    const runner = this.source().createQueryRunner();
    try {
      return await work(runner);
    } finally {
      await runner.release();
    }
  }
}

/** The database, as repositories see it. */
@Injectable()
export class Database extends PoolSession {
  /**
   * What is to be seen of an open transaction before it ends, or goes on while its connection is lent to a COPY: single statements, on
   * connections that are kept for these, so that no transaction waits for one that another holds.
   */
  readonly beside: SqlSession;

  constructor(
    private readonly dataSource: DataSource,
    @Optional() kept?: KeptConnections,
  ) {
    super(() => {
      assertHoldsNoConnection();
      return kept?.current() ?? dataSource;
    });
    this.beside = new PoolSession(() => kept?.beside ?? dataSource);
  }

  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. No HTTP call belongs in
   * here, and no statement but by the session: one on a second connection waits, when as many do so as there are, for ever.
   */
  async transaction<Result>(work: (session: SqlTransaction) => Promise<Result>): Promise<Result> {
    return this.withRunner(async (runner) => {
      await runner.startTransaction();
      try {
        const result = await holdingConnection(() => work(new RunnerSession(runner)));
        await runner.commitTransaction();
        return result;
      } catch (error) {
        // A dead connection can't roll back; what matters then is the first error.
        await runner.rollbackTransaction().catch(() => undefined);
        throw error;
      }
    });
  }

  /** The driver's pool, for what TypeORM has no words for: LISTEN, cursors, streams. */
  get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }
}

class RunnerSession implements SqlTransaction {
  constructor(private readonly runner: QueryRunner) {}

  get manager(): EntityManager {
    return this.runner.manager;
  }

  async client(): Promise<PoolClient> {
    return (await this.runner.connect()) as PoolClient;
  }

  async rows<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    const result = await this.runner.query(sql, parameters as unknown[] | undefined, true);
    return result.records as Row[];
  }

  async execute(sql: string, parameters?: readonly unknown[]): Promise<number> {
    const result = await this.runner.query(sql, parameters as unknown[] | undefined, true);
    return result.affected ?? 0;
  }
}
