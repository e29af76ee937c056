import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import { DataSource, type DataSourceOptions } from 'typeorm';

/**
 * What people and programs ask for: to look, to change something, to decide what waits for a person, or to stop what is sent
 * and let it go on.
 */
export const PURPOSES = ['reading', 'changing', 'deciding', 'stopping'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** How many connections are kept for each purpose, at most. */
export type KeptPools = Readonly<Record<Purpose, number>>;

const purposeNow = new AsyncLocalStorage<Purpose | undefined>();

/** For single statements of whoever holds one already: seldom two at once. */
const BESIDE = 2;

/**
 * Runs `work` on the connections kept for `purpose`, whatever it asks of the database; for none, on those that the scheduler
 * shares with nobody.
 */
export function onConnectionsFor<Result>(purpose: Purpose | undefined, work: () => Result): Result {
  return purposeNow.run(purpose, work);
}

/** Connections of its own, for the entities of another: what is known of these is worked out once, not for each purpose. */
class SourceBeside extends DataSource {
  constructor(
    private readonly other: DataSource,
    poolSize: number,
  ) {
    super({ ...other.options, poolSize } as DataSourceOptions);
  }

  protected override buildMetadatas(): Promise<void> {
    const { entityMetadatas, entityMetadatasMap } = this.other;
    Object.assign(this, { entityMetadatas, entityMetadatasMap });
    return Promise.resolve();
  }
}

/**
 * Connections of their own for each purpose. However many calls of one purpose wait, for a lock or for one another, those of
 * every other go on, and so does the scheduler, which shares its own with nobody. Two more are for what is written beside an
 * open transaction; who has one of those asks for no other.
 */
@Injectable()
export class KeptConnections implements OnModuleInit, OnApplicationShutdown {
  private readonly sources = new Map<Purpose | 'beside', DataSource>();

  /** @param pools `undefined`: none are kept, and every purpose takes the others */
  constructor(
    private readonly others: DataSource,
    private readonly pools: KeptPools | undefined,
  ) {}

  /** Each pool opens its connections as they are needed. */
  async onModuleInit(): Promise<void> {
    const { pools } = this;
    const purposes = pools === undefined ? [] : PURPOSES.map((purpose) => this.open(purpose, pools[purpose]));
    await Promise.all([...purposes, this.open('beside', BESIDE)]);
  }

  /** `undefined` for work that nobody asked for, such as the scheduler's. */
  current(): DataSource | undefined {
    const purpose = purposeNow.getStore();
    return purpose && this.sources.get(purpose);
  }

  get beside(): DataSource | undefined {
    return this.sources.get('beside');
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.sources.values()].map((source) => source.destroy()));
  }

  private async open(name: Purpose | 'beside', poolSize: number): Promise<void> {
    this.sources.set(name, await new SourceBeside(this.others, poolSize).initialize());
  }
}
