import { DataSource } from 'typeorm';
import { Client } from 'pg';
import { NotificationRepository, Notification, type NotificationClaim } from '../../src/inbox';
import { NotificationHistory } from '../../src/inbox';
import { STORE_ARRIVALS, arrivalParameters } from '../../src/inbox/arrival.sql';
import {
  identityOf,
  readMessage,
  sha256,
  type NotificationMessage,
} from '../../src/gateways/tstore/webhook/notification-message';
import { messageKey } from '../../src/inbox/arrival';
import { Clock, secondsAfter } from '../../src/platform/clock';
import { Database, openDataSource } from '../../src/platform/database';
import { pnsMessage } from '../support/listener-world';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

class SetClock extends Clock {
  instant = new Date('2026-03-01T00:00:00Z');

  now(): Date {
    return this.instant;
  }
}

const ANSWER = { resultCode: '0000', resultMessage: 'SUCCESS' };
const LEASE_SECONDS = 60;

const LEASE_LOST = { code: 'lease-lost' };

describe('claiming and deciding notifications', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let client: Client;
  let clock: SetClock;
  let db: Database;
  let repository: NotificationRepository;

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource({
      url: database.url,
      poolSize: 10,
      entities: [Notification, NotificationHistory],
    });
    client = new Client({ connectionString: database.url });
    await client.connect();
    clock = new SetClock();
    db = new Database(dataSource);
    repository = new NotificationRepository(db, clock);
  });

  afterEach(async () => {
    await dataSource.destroy();
    await client.end();
    await database.drop();
  });

  async function arrive(
    jobId: string,
    token: string | null = null,
    sourceAddress: string | null = null,
  ): Promise<void> {
    const body = Buffer.from(pnsMessage(jobId));
    const message = readMessage(body) as NotificationMessage;
    const callbackTokenHash = token === null ? null : sha256(token);
    const key = messageKey(identityOf(callbackTokenHash, message, body));
    const source = { contentType: null, sourceAddress, receivedAt: clock.now() };
    const sent = { gateway: 'tstore', gatewayAccount: null, signedHeaders: null } as const;
    const arrival = { ...sent, key, callbackTokenHash, ...message, body, ...source };
    await client.query(STORE_ARRIVALS, arrivalParameters([{ arrival, repeats: 0 }]));
  }

  const claim = () => repository.claimDue('tstore', clock.now(), LEASE_SECONDS);
  const claimed = async () => (await claim()) as NotificationClaim;
  const read = async (id: string) => (await repository.find(id)) as Notification;
  const later = (seconds: number) => (clock.instant = secondsAfter(clock.instant, seconds));

  it('claims the one that has been due longest, each once, and none that is not due', async () => {
    await arrive('1');
    later(1);
    await arrive('2');
    later(-1);
    expect((await claimed()).notification).toMatchObject({ gatewayJobId: '1', state: 'Received', attempts: 0 });
    expect(await claim()).toBeUndefined();
    later(1);
    expect((await claimed()).notification.gatewayJobId).toBe('2');
    expect(await claim()).toBeUndefined();
  });

  it('gives each of many claimants another one', async () => {
    for (let job = 0; job < 8; job++) await arrive(String(job));
    const claims = await Promise.all(Array.from({ length: 12 }, claim));
    const jobs = claims.flatMap((found) => found?.notification.gatewayJobId ?? []);
    expect(jobs.sort()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
  });

  it('claims what a waiting job is waiting for first, however many others have been due longer', async () => {
    const byAddress = { callbackTokenHash: sha256('its own'), gatewayJobId: '51', mayAsk: true };
    const byId = { callbackTokenHash: sha256('not used'), gatewayJobId: '52', mayAsk: true };
    for (let forged = 0; forged < 20; forged++)
      await arrive(String(forged), forged % 2 === 0 ? `guessed-${forged}` : null);
    later(1);
    await arrive('52');
    await arrive('51', 'its own');
    const order: (string | null | undefined)[] = [];
    for (let claims = 0; claims < 3; claims++) {
      const found = await repository.claimDue('tstore', clock.now(), LEASE_SECONDS, [byAddress, byId]);
      order.push(found?.notification.gatewayJobId);
    }
    expect(order).toEqual(['51', '52', '0']);
  });

  it('asks about one message of a job at a time, whether it is waited for or not', async () => {
    const job = { callbackTokenHash: sha256('its own'), gatewayJobId: '51', mayAsk: true };
    const messages = [
      ['51', null],
      ['51', 'its own'],
      ['52', 'its own'],
      ['7', 'guessed'],
      ['8', 'guessed'],
    ] as const;
    for (const [jobId, token] of messages) await arrive(jobId, token);
    const next = () => repository.claimDue('tstore', clock.now(), LEASE_SECONDS, [job]);
    const [own, other] = (await Promise.all([next(), next(), next()])).flatMap((found) => found ?? []);
    expect([own?.notification.gatewayJobId, other?.notification.gatewayJobId]).toEqual(['51', '7']);
    expect(await next()).toBeUndefined();
    for (const held of [own, other]) await repository.release(held as NotificationClaim);
    expect((await next())?.notification).toMatchObject({ callbackTokenHash: job.callbackTokenHash });
  });

  it('leaves the messages of a job whose account has no room, which are not strangers’ for that', async () => {
    const job = { callbackTokenHash: sha256('its own'), gatewayJobId: '51', mayAsk: false };
    await arrive('51', 'its own');
    await arrive('51');
    expect(await repository.claimDue('tstore', clock.now(), LEASE_SECONDS, [job])).toBeUndefined();
    const found = await repository.claimDue('tstore', clock.now(), LEASE_SECONDS, [{ ...job, mayAsk: true }]);
    expect(found?.notification.callbackTokenHash).toEqual(job.callbackTokenHash);
  });

  it('leaves due what there is no turn for, and lets that hold up nobody’s own address', async () => {
    const job = { callbackTokenHash: sha256('its own'), gatewayJobId: '51', mayAsk: true };
    await arrive('51');
    const asked: string[] = [];
    const onlyOwn = (claimClass: string) => Promise.resolve(asked.push(claimClass) > 0 && claimClass === 'own-address');
    const next = () => repository.claimDue('tstore', clock.now(), LEASE_SECONDS, [job], onlyOwn);
    expect(await next()).toBeUndefined();
    expect(await repository.list({ limit: 10 })).toMatchObject([{ leaseId: null, nextAttemptAt: clock.now() }]);
    await arrive('51', 'its own');
    expect((await next())?.notification.callbackTokenHash).toEqual(job.callbackTokenHash);
    expect(asked).toEqual(['shared-address', 'own-address']);
  });

  it('comes last to who was caught with a forged one, among those to the shared address', async () => {
    const jobs = [1, 2, 3].map((id) => ({ callbackTokenHash: null, gatewayJobId: String(id), mayAsk: true }));
    const next = () => repository.claimDue('tstore', clock.now(), LEASE_SECONDS, jobs);
    await arrive('1', null, '198.51.100.1');
    await repository.markRejected(db, (await next()) as NotificationClaim, ANSWER);
    await arrive('2', null, '198.51.100.1');
    later(1);
    await arrive('3', null, '203.0.113.9');
    expect((await next())?.notification.gatewayJobId).toBe('3');
    expect((await next())?.notification.gatewayJobId).toBe('2');
  });

  it('hands a lease that has run out to another, and refuses every write of the first', async () => {
    await arrive('1');
    const first = await claimed();
    later(LEASE_SECONDS - 1);
    expect(await claim()).toBeUndefined();
    later(1);
    const second = await claimed();
    expect(second.notification.id).toBe(first.notification.id);
    const before = await read(first.notification.id);
    await expect(repository.markVerified(db, first, ANSWER)).rejects.toMatchObject(LEASE_LOST);
    await expect(repository.markRejected(db, first, ANSWER)).rejects.toMatchObject(LEASE_LOST);
    expect(await repository.scheduleRetry(first, 'x')).toBe('lease-lost');
    expect(await repository.release(first)).toBe(false);
    expect(await read(first.notification.id)).toEqual(before);
    await repository.markVerified(db, second, ANSWER);
  });

  it.each([
    ['markVerified', 'Verified', 'verifiedAt', 'confirm'],
    ['markRejected', 'Rejected', 'rejectedAt', 'disown'],
  ] as const)('%s leads to %s, with the answer and its place in history', async (mark, state, at, cause) => {
    await arrive('1');
    await arrive('2');
    const held = await claimed();
    await repository[mark](db, held, ANSWER);
    const row = await read(held.notification.id);
    expect(row).toMatchObject({
      state,
      [at]: clock.now(),
      ...ANSWER,
      nextAttemptAt: null,
      leaseId: null,
      leaseUntil: null,
    });
    expect(await repository.history([row.id])).toMatchObject([
      { fromState: 'Received', toState: state, cause, actor: 'scheduler', at: clock.now() },
    ]);
    await expect(repository[mark](db, held, ANSWER)).rejects.toMatchObject(LEASE_LOST);
    expect(await repository.history([row.id])).toHaveLength(1);
    const [other] = await repository.list({ job: { callbackTokenHash: null, gatewayJobId: '2' }, limit: 10 });
    expect(other).toMatchObject({ state: 'Received', leaseId: null });
  });

  it('decides inside the caller’s transaction', async () => {
    await arrive('1');
    const held = await claimed();
    const rolledBack = db.transaction(async (session) => {
      await repository.markVerified(session, held, ANSWER);
      throw new Error('the caller changed its mind');
    });
    await expect(rolledBack).rejects.toThrow('changed its mind');
    expect(await read(held.notification.id)).toMatchObject({ state: 'Received', leaseId: held.leaseId });
    expect(await repository.history([held.notification.id])).toEqual([]);
  });

  it('tries again later and later, under half an hour apart, and gives up 48 hours after the last sending', async () => {
    await arrive('1');
    const startedAt = clock.now();
    let outcome = 'scheduled';
    let attempts = 0;
    while (outcome === 'scheduled') {
      const held = await claimed();
      expect(held.notification.attempts).toBe(attempts);
      outcome = await repository.scheduleRetry(held, `attempt ${++attempts}`);
      const { nextAttemptAt } = await read(held.notification.id);
      if (nextAttemptAt === null) break;
      expect(nextAttemptAt.getTime() - clock.now().getTime()).toBeLessThan(30 * 60_000);
      clock.instant = nextAttemptAt;
    }
    expect(outcome).toBe('given-up');
    const hours = (clock.now().getTime() - startedAt.getTime()) / 3_600_000;
    expect(hours).toBeGreaterThan(47.5);
    expect(hours).toBeLessThanOrEqual(48);
    const [row] = await repository.list({ job: { callbackTokenHash: null, gatewayJobId: '1' }, limit: 10 });
    expect(row).toMatchObject({
      state: 'Received',
      attempts,
      givenUpAt: clock.now(),
      lastError: `attempt ${attempts}`,
    });
    later(10 * 3600);
    expect(await claim()).toBeUndefined();
    await arrive('1');
    expect((await claimed()).notification).toMatchObject({ attempts: 0, givenUpAt: null, repeatCount: 1 });
  });

  it('is tried at least once however long the service was away', async () => {
    await arrive('1');
    later(60 * 3600);
    const held = await claimed();
    expect(await repository.scheduleRetry(held, 'PNS is away')).toBe('given-up');
  });

  it('is given up sooner when the caller says so', async () => {
    await arrive('1');
    const held = await claimed();
    expect(await repository.scheduleRetry(held, 'nobody’s', '1 second')).toBe('given-up');
  });

  it('gives a claim back as it was', async () => {
    await arrive('1');
    const held = await claimed();
    expect(await repository.release(held)).toBe(true);
    expect(await read(held.notification.id)).toEqual({ ...held.notification, leaseId: null, leaseUntil: null });
    expect(await claim()).toBeDefined();
  });

  it('finds what speaks of a job, by its address or, at the shared one, by its gateway id', async () => {
    await arrive('1', 'mine');
    await arrive('9', 'mine');
    await arrive('1');
    await arrive('1', 'of another');
    const found = await repository.list({ job: { callbackTokenHash: sha256('mine'), gatewayJobId: '1' }, limit: 10 });
    expect(found.map((row) => [row.gatewayJobId, row.callbackTokenHash])).toEqual([
      ['1', null],
      ['9', sha256('mine')],
      ['1', sha256('mine')],
    ]);
    expect(await repository.list({ job: { callbackTokenHash: null, gatewayJobId: null }, limit: 10 })).toEqual([]);
  });

  it('has an entity that fits the table', async () => {
    const changes = await dataSource.driver.createSchemaBuilder().log();
    const aboutColumns = changes.upQueries
      .map(({ query }) => query)
      .filter((query) => /(ADD|DROP|ALTER) COLUMN|CREATE TABLE/i.test(query));
    expect(aboutColumns.filter((query) => query.includes('"notification'))).toEqual([]);
  });
});
