import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import { DataSource } from 'typeorm';

const reading = new AsyncLocalStorage<true>();

/** Runs `work` on the connections kept for reading, whatever it asks of the database. */
export function onReadConnections<Result>(work: () => Result): Result {
  return reading.run(true, work);
}

/**
 * Connections of their own for what people and programs only look at. However many of them ask, those of the scheduler, the
 * kill switch and every other decision are free.
 */
@Injectable()
export class ReadConnections implements OnModuleInit, OnApplicationShutdown {
  private source: DataSource | undefined;

  /** @param size 0: there are none, and reading takes the others */
  constructor(
    private readonly others: DataSource,
    private readonly size: number,
  ) {}

  /** Opens none yet; the pool does so as they are needed. */
  async onModuleInit(): Promise<void> {
    if (this.size === 0) return;
    this.source = await new DataSource({
      ...this.others.options,
      poolSize: this.size,
    } as typeof this.others.options).initialize();
  }

  /** `undefined` for work that is not reading. */
  current(): DataSource | undefined {
    return reading.getStore() ? this.source : undefined;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.source?.destroy();
  }
}
