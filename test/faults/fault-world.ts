import { Client } from 'pg';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seoulDateAt, startOfSeoulDay } from '../../src/kernel/seoul-calendar';
import { Clock, secondsAfter } from '../../src/platform/clock';
import { kakaopaySettings, serviceSettings, startSimulator, tossSettings, type Simulator } from '../../simulator';
import { LoadBalancer } from '../support/load-balancer';
import { ADMIN_KEY, SECOND_PERSONS_KEY, serviceEnvironment } from '../support/service-environment';
import { brokenPromises } from './broken-promises';
import { brokenTieOutPromises } from './broken-tie-out-promises';
import type { Act } from './desk';
import type { FaultServer } from './fault-server';
import { Replica } from './replica';

const BEGINS_AT = new Date('2027-03-15T01:00:00Z');
/** Nothing happens at the gateway by itself: time there is moved too. */
const GATEWAY_MS = { processingDelayMs: 300_000, notificationDelayMs: 60_000 };

/** Every so many schedules KakaoPay is there, too: in the others nothing is drawn otherwise than before it was. */
const KAKAOPAY_EVERY = 4;
const KAKAOPAY_AT = 3;

const DAY_MS = 24 * 60 * 60_000;
/** Of a day: after TIE_OUT_CRON. */
const TIED_OUT_BY_MS = 8 * 60 * 60_000;
const TOSS_WEBHOOK = '/webhooks/toss/toss';

/** Time that stands still until it is moved. */
export class StandingClock extends Clock {
  private at = BEGINS_AT;

  now(): Date {
    return this.at;
  }

  advanceSeconds(seconds: number): void {
    this.at = secondsAfter(this.at, seconds);
  }
}

/** Two gateways, a database, and replicas of the service that come and go behind one address. */
export class FaultWorld {
  readonly clock = new StandingClock();
  readonly replicas: Replica[] = [];
  private started = 0;
  private client: Client | undefined;

  private constructor(
    readonly seed: number,
    readonly server: FaultServer,
    readonly simulator: Simulator,
    private readonly databaseUrl: string,
    private readonly more: NodeJS.ProcessEnv,
    private readonly balancer: LoadBalancer,
    private readonly directory: string,
    private readonly log: (line: string) => void,
  ) {}

  /** Whether customers pay by KakaoPay, too. */
  get hasKakaopay(): boolean {
    return this.seed % KAKAOPAY_EVERY === KAKAOPAY_AT;
  }

  static async start(server: FaultServer, seed: number, log: (line: string) => void): Promise<FaultWorld> {
    const directory = await mkdtemp(join(tmpdir(), 'fault-world-'));
    const simulator = await startSimulator({
      ...GATEWAY_MS,
      timeFactor: 0,
      startAt: BEGINS_AT.getTime(),
      declineRate: 0.3,
      seed: String(seed),
      temporaryFolder: directory,
    });
    const databaseUrl = await server.createDatabase();
    // Without T store's words lookups decide nothing about a refund in doubt, and a person must.
    const more = seed % 4 === 0 ? { TSTORE_REFUNDED_STATUSES: '' } : {};
    const balancer = await LoadBalancer.start();
    simulator.toss.setWebhookUrls([`${balancer.url}${TOSS_WEBHOOK}`]);
    return new FaultWorld(seed, server, simulator, databaseUrl, more, balancer, directory, log);
  }

  async startReplica(roles: string): Promise<Replica> {
    const replica = await Replica.start({
      name: `replica ${(this.started += 1)}`,
      roles,
      databaseUrl: this.databaseUrl,
      clock: this.clock,
      log: this.log,
      environment: serviceEnvironment('', {
        ...serviceSettings(this.simulator.baseUrl),
        ...tossSettings(this.simulator.baseUrl),
        ...(this.hasKakaopay && kakaopaySettings(this.simulator.baseUrl)),
        DATA_DIR: this.directory,
        PUBLIC_BASE_URL: this.balancer.url,
        BILLING_RUN_CONFIRM_FACTOR: '0',
        BULK_JOB_MAX_ROWS: '4',
        CHECKOUT_REQUESTS_PER_MINUTE: '0',
        PAYMENT_RATE_PER_MINUTE: '60000',
        REFUND_RATE_PER_MINUTE: '6000',
        REFUND_RELEASE_ABOVE_WON: '4000',
        REFUND_DOUBT_MINUTES: '10',
        TSTORE_LOOKUPS_PER_MINUTE: '6000',
        ...this.more,
        LOG_LEVEL: 'info',
      }),
    });
    this.replicas.push(replica);
    this.balance();
    return replica;
  }

  kill(replica: Replica): void {
    this.replicas.splice(this.replicas.indexOf(replica), 1);
    this.balance();
    replica.kill();
  }

  having(role: string): Replica[] {
    return this.replicas.filter((replica) => replica.has(role));
  }

  /** Uploads a request file by way of a replica. @returns whether it is stored, now or before */
  async upload(replica: Replica, content: string): Promise<boolean> {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'text/plain' };
    const url = `${replica.url}/admin/v1/bulk-payment-jobs`;
    const response = await fetch(url, { method: 'POST', headers, body: content });
    return response.status === 201 || response.status === 409;
  }

  /** Asks the admin API of a replica for something, as a person does. */
  async ask(replica: Replica, { method, path, body, bySecondPerson }: Act): Promise<{ status: number; text: string }> {
    const key = bySecondPerson ? SECOND_PERSONS_KEY : ADMIN_KEY;
    const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
    const response = await fetch(`${replica.url}/admin/v1/${path}`, { method, headers, body: JSON.stringify(body) });
    return { status: response.status, text: await response.text() };
  }

  /** Lets the hour come, on the clocks of both sides, when the days before are compared with the gateway's own lists. */
  async passToMorning(): Promise<void> {
    const { control } = this.simulator;
    const latest = Math.max(this.clock.now().getTime(), control.now());
    const midnight = startOfSeoulDay(seoulDateAt(new Date(latest + DAY_MS))).getTime();
    const morning = midnight + TIED_OUT_BY_MS;
    this.clock.advanceSeconds((morning - this.clock.now().getTime()) / 1_000);
    await control.advance(morning - control.now());
  }

  /** Sends what Toss never sent, to where its messages come in. */
  async forgeWebhook(body: Record<string, unknown>): Promise<void> {
    await this.simulator.toss.forgeWebhook(`${this.balancer.url}${TOSS_WEBHOOK}`, body);
  }

  /** Kills a process of the database server, which then ends all connections and recovers. */
  async crashDatabase(): Promise<void> {
    await this.disconnect();
    await this.server.crash();
  }

  async brokenPromises(): Promise<string[]> {
    return brokenPromises(await this.connected(), this.simulator);
  }

  /** Of a morning that has come. */
  async brokenTieOutPromises(): Promise<string[]> {
    const accounts = this.hasKakaopay ? ['toss', 'kakaopay'] : ['toss'];
    return brokenTieOutPromises(await this.connected(), accounts, this.clock.now());
  }

  /** What the harness itself looks up. */
  async rows<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await (await this.connected()).query<Row>(sql, parameters)).rows;
  }

  /** Whether any of the replicas' sessions does something: one that waits for a lock or for its replica does not. */
  async isDatabaseAtWork(): Promise<boolean> {
    const working = await this.rows(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
         AND state = 'active' AND coalesce(wait_event_type, '') NOT IN ('Lock', 'Client')`,
    );
    return working.length > 0;
  }

  async close(): Promise<void> {
    await this.disconnect();
    await Promise.all(this.replicas.map((replica) => replica.close()));
    await this.balancer.close();
    await this.simulator.close();
    await this.server.drop(this.databaseUrl);
    await rm(this.directory, { recursive: true, force: true });
  }

  /** One connection of the harness itself, which waits while the server comes back from a crash. */
  private async connected(): Promise<Client> {
    return (this.client ??= await this.server.connect(this.databaseUrl));
  }

  private async disconnect(): Promise<void> {
    await this.client?.end();
    this.client = undefined;
  }

  private balance(): void {
    this.balancer.spreadOver(this.having('listener').map((replica) => replica.url));
  }
}
