import { Test } from '@nestjs/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { AppModule } from '../../src/app.module';
import { BillingSteps, type BillingStep } from '../../src/billing-scheduler';
import { BillingScheduler } from '../../src/billing-scheduler/billing-scheduler';
import { readConfiguration } from '../../src/config';
import { seoulDate } from '../../src/kernel/seoul-calendar';
import type { Clock } from '../../src/platform/clock';
import { Lifecycle } from '../../src/platform/health';
import { createHttpAdapter, createValidationPipe, ProblemFilter } from '../../src/platform/http-server';
import { NestLogger, openRootLogger } from '../../src/platform/logging';
import { Metrics } from '../../src/platform/metrics';
import { BillingRunPlanning } from '../../src/billing-run';
import { DatabaseLink } from './database-link';
import { Gates, type Mortal } from './gates';

export interface ReplicaSettings {
  name: string;
  /** As in ROLE. */
  roles: string;
  databaseUrl: string;
  environment: NodeJS.ProcessEnv;
  clock: Clock;
  log: (line: string) => void;
}

/**
 * The service in this process as production composes it, on a database connection of its own that can be cut. Only the
 * scheduler's loops are left out: the schedule calls the steps.
 */
export class Replica implements Mortal {
  isDead = false;
  readonly steps: readonly BillingStep[];
  private readonly timers = new Set<NodeJS.Timeout>();

  private constructor(
    readonly name: string,
    readonly roles: string,
    readonly database: DatabaseLink,
    private readonly app: NestFastifyApplication,
  ) {
    this.steps = this.has('scheduler') ? app.get(BillingSteps, { strict: false }).all : [];
  }

  static start(settings: ReplicaSettings): Promise<Replica> {
    const database = new DatabaseLink(Number(new URL(settings.databaseUrl).port));
    return database.during(() => Replica.startOn(database, settings));
  }

  private static async startOn(
    database: DatabaseLink,
    { name, roles, databaseUrl, environment, clock, log }: ReplicaSettings,
  ): Promise<Replica> {
    const configuration = readConfiguration({ ...environment, DATABASE_URL: databaseUrl, ROLE: roles });
    const rootLog = openRootLogger(configuration.logging, { destination: { write: (line) => log(`${name} ${line}`) } });
    const [lifecycle, metrics] = [new Lifecycle(), new Metrics()];
    const adapter = await createHttpAdapter({ config: configuration.http, log: rootLog, metrics, lifecycle });
    const parts = { configuration, databaseUrl, clock, logger: rootLog.logger, metrics, lifecycle };
    const testing = Test.createTestingModule({ imports: [AppModule.forRoot(parts)] });
    testing.setLogger(new NestLogger(rootLog.logger));
    const module = await testing.overrideProvider(BillingScheduler).useValue({}).compile();
    const app = module.createNestApplication<NestFastifyApplication>(adapter, { bodyParser: false });
    app.useGlobalFilters(new ProblemFilter(rootLog.logger));
    app.useGlobalPipes(createValidationPipe());
    const replica = new Replica(name, roles, database, app);
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRequest', (_request, _reply, done) => replica.as(done));
    await app.listen({ host: '127.0.0.1', port: 0 });
    return replica;
  }

  has(role: string): boolean {
    return this.roles === 'all' || this.roles.split(',').includes(role);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.app.getHttpServer().address() as AddressInfo).port}`;
  }

  /** Runs a step in this replica's name. @returns whether it found something to do */
  async run(step: BillingStep): Promise<boolean> {
    const { done, postponed } = await this.as(() => step.runOnce());
    return done + postponed > 0;
  }

  plan(date: string): Promise<unknown> {
    return this.as(() => this.app.get(BillingRunPlanning, { strict: false }).plan(seoulDate(date)));
  }

  /** Dies as by SIGKILL: nothing of it goes on, its connections break, and what it had not committed is rolled back. */
  kill(): void {
    this.isDead = true;
    for (const timer of this.timers) clearInterval(timer);
    this.app.getHttpServer().close();
    this.app.getHttpServer().closeAllConnections();
    this.database.cut();
    // Frees what it can; work that was abandoned never gives its connection back, so this may never end.
    void this.app.close().catch(() => undefined);
  }

  /** Ends in order, when nothing of it is under way any more. */
  async close(): Promise<void> {
    this.app.getHttpServer().closeAllConnections();
    await this.app.close();
  }

  /** Does something in this replica's name and by its connections. */
  private as<Result>(work: () => Result): Result {
    return this.database.during(() => Gates.as(this, work));
  }

  /** Keeps a timer that dies with this replica. */
  owns(timer: NodeJS.Timeout): void {
    this.timers.add(timer);
  }
}

const plainSetInterval = globalThis.setInterval;

/** Lease renewals and the like belong to the replica that began them: a killed process renews nothing. */
export function tieTimersToReplicas(): void {
  globalThis.setInterval = (...parameters: Parameters<typeof plainSetInterval>): NodeJS.Timeout => {
    const timer = plainSetInterval(...parameters);
    const mortal = Gates.current();
    if (mortal instanceof Replica) mortal.owns(timer);
    return timer;
  };
}
