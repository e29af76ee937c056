import { DEFAULT_OPTIONS, SECOND_CLIENT, SECOND_TOSS_MERCHANT, TOSS_MERCHANT } from '../../simulator';
import { AccountChecks } from '../../src/gateways';
import { readConfiguration } from '../../src/config';
import { Database } from '../../src/platform/database';
import { startService, type RunningService } from '../../src/service';
import { BOOTSTRAP_KEY, startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { requestFile } from '../support/request-files';
import { leaksIn } from '../support/secret-search';
import { send } from '../support/subscribers';
import { until } from '../support/until';

const WRONG_TSTORE = 'not-the-secret-of-the-client';
const WRONG_TOSS = 'test_sk_NobodysShopNobodysShopNobodys01';
const WRONG_WIDGET = 'test_gsk_NobodysShopNobodysShopNobody01';
const { clientId, clientSecret, bid, mid } = SECOND_CLIENT;
const ADMIN = { Authorization: `Bearer ${BOOTSTRAP_KEY}` };
const HOUR_SECONDS = 3_600;

const stuck = async (world: BillingWorld): Promise<JsonBody[]> => (await world.get('summary')).body.stuck;
const refusedOf = async (world: BillingWorld): Promise<JsonBody> =>
  (await stuck(world)).find(({ kind }) => kind === 'account-refused');
const noticesOf = async (world: BillingWorld): Promise<JsonBody> => {
  const response = await fetch(`${world.service.url}/health/ready`);
  expect(response.status).toBe(200);
  return ((await response.json()) as JsonBody).notices;
};
const waitingOf = async (world: BillingWorld): Promise<string | undefined> =>
  /waiting_for_person\{kind="account-refused"\} (\d+)/.exec(
    await (await fetch(`${world.service.url}/metrics`)).text(),
  )?.[1];
const accountOf = async (world: BillingWorld, id: string): Promise<JsonBody> =>
  (await world.get(`gateway-accounts/${id}`)).body;
const judged = (world: BillingWorld, id: string, verdict: string): Promise<JsonBody> =>
  until(`${id} is ${verdict}`, async () => {
    const account = await accountOf(world, id);
    return account.credentialsVerdict === verdict ? account : undefined;
  });
const manage = (world: BillingWorld, path: string, body: unknown): Promise<JsonAnswer> =>
  send(world, 'POST', `gateway-accounts${path}`, body, ADMIN);
const rotate = async (world: BillingWorld, id: string, credentials: object): Promise<void> => {
  const { status } = await manage(world, `/${id}/credentials`, { credentials, reason: 'the right ones' });
  expect(status).toBe(200);
};
const replicaOf = (world: BillingWorld, settings: NodeJS.ProcessEnv = {}): Promise<RunningService> =>
  startService(readConfiguration({ ...world.environment, ...settings }), {
    clock: world.clock,
    drainTimes: { noticeMs: 0, finishMs: 5_000 },
  });
const tokenRequests = (world: BillingWorld): number =>
  world.simulator.control.calls().filter(({ path }) => path.includes('/oauth/')).length;
const tossCalls = (world: BillingWorld): number =>
  world.simulator.control.calls().filter(({ path }) => path.startsWith('/v1/')).length;

describe('wrong credentials at the start', () => {
  let world: BillingWorld;
  const logLines: string[] = [];
  const answers: unknown[] = [];

  beforeAll(async () => {
    world = await startWorld({
      toss: true,
      logLines,
      environment: { TSTORE_CLIENT_SECRET: WRONG_TSTORE, TOSS_SECRET_KEY: WRONG_TOSS },
    });
  });
  afterAll(() => world.close());

  it('are named by themselves, of every gateway: in the summary, the readiness report, the metrics, the accounts and once in the log', async () => {
    for (const [id, said] of [
      ['tstore', 'HTTP 401'],
      ['toss', 'UNAUTHORIZED_KEY'],
    ] as const) {
      const account = await judged(world, id, 'refused');
      expect(account).toMatchObject({
        credentialsDetail: expect.stringContaining(said),
        credentialsCheckedAt: expect.any(String),
      });
      answers.push(account);
    }
    const refused = await refusedOf(world);
    expect(refused).toMatchObject({
      count: 2,
      act: expect.stringContaining('npm run cli -- check'),
      link: expect.any(String),
    });
    expect((await stuck(world)).map(({ kind }) => kind)).toEqual(['account-refused']);
    const notices = await noticesOf(world);
    expect(notices).toMatchObject({ 'account-refused': expect.stringContaining('(2)') });
    expect(await waitingOf(world)).toBe('2');
    answers.push(refused, notices);
    const warned = logLines.filter((line) => line.includes('gateway refuses the credentials of an account'));
    expect(warned.map((line) => JSON.parse(line).account).sort()).toEqual(['toss', 'tstore']);
  });

  it('are tried again each hour, and told of no more', async () => {
    const { since } = await refusedOf(world);
    const before = [tokenRequests(world), tossCalls(world)] as const;
    const checks = world.service.app.get(AccountChecks, { strict: false });
    expect(await checks.runOnce()).toMatchObject({ done: 0, postponed: 0 });
    world.clock.advanceSeconds(HOUR_SECONDS);
    await until('both are asked again', () =>
      Promise.resolve((tokenRequests(world) > before[0] && tossCalls(world) > before[1]) || undefined),
    );
    await until('both are recorded', async () => ((await checks.runOnce()).done === 0 ? true : undefined));
    expect([tokenRequests(world), tossCalls(world)]).toEqual([before[0] + 1, before[1] + 1]);
    expect(logLines.filter((line) => line.includes('gateway refuses the credentials'))).toHaveLength(2);
    // Refused since then, however often they are tried: how long somebody has to be told is counted from there.
    expect(await refusedOf(world)).toMatchObject({ count: 2, since });
  });

  it('are tried by a person too, at once', async () => {
    world.clock.advanceSeconds(120);
    const answer = await send(world, 'POST', 'checks/toss');
    expect(answer).toMatchObject({
      status: 200,
      body: { outcome: 'wrong-credentials', act: expect.stringContaining('TOSS_SECRET_KEY') },
    });
    answers.push(answer.body);
    const nobody = await send(world, 'POST', 'checks/toss?account=tstore');
    expect(nobody).toMatchObject({ status: 404, body: { code: 'gateway-account-not-found' } });
  });

  it('are good again with the right settings, after a restart', async () => {
    await world.service.close();
    world.service = await replicaOf(world, {
      TSTORE_CLIENT_SECRET: DEFAULT_OPTIONS.clientSecret,
      TOSS_SECRET_KEY: TOSS_MERCHANT.secretKey,
    });
    for (const id of ['tstore', 'toss']) await judged(world, id, 'accepted');
    expect(await refusedOf(world)).toBeUndefined();
    expect(await noticesOf(world)).toEqual({});
    expect(await waitingOf(world)).toBe('0');
  });

  it('are told of no more as soon as the right ones are back that were accepted before', async () => {
    const right = { TSTORE_CLIENT_SECRET: DEFAULT_OPTIONS.clientSecret, TOSS_SECRET_KEY: TOSS_MERCHANT.secretKey };
    await world.service.close();
    world.clock.advanceSeconds(600);
    world.service = await replicaOf(world, { ...right, TOSS_SECRET_KEY: WRONG_TOSS });
    await judged(world, 'toss', 'refused');
    await until('it is refused', () => refusedOf(world));
    await world.service.close();
    world.clock.advanceSeconds(180);
    const before = tossCalls(world);
    world.service = await replicaOf(world, right);
    await until('it is told of no more', async () => ((await refusedOf(world)) === undefined ? true : undefined));
    expect(await noticesOf(world)).toEqual({});
    expect(tossCalls(world)).toBe(before + 1);
  });

  it('are nowhere to be read', async () => {
    const rows = await world.service.app.get(Database).rows('SELECT * FROM gateway_account_check');
    expect(rows).toHaveLength(4);
    const secrets = [WRONG_TSTORE, WRONG_TOSS].map((value) => ({ name: value, value }));
    const searched = [logLines.join('\n'), JSON.stringify(answers), JSON.stringify(rows)];
    expect(
      leaksIn(
        searched.map((content, at) => ({ place: String(at), content })),
        secrets,
      ),
    ).toEqual([]);
  });
});

describe('credentials that are rotated', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({ toss: true, simulator: { declineRate: 0 } });
    const second = { id: 'second', gateway: 'tstore', label: 'Second brand', identifiers: { bid, mid } };
    const web = { id: 'toss-web', gateway: 'toss', label: 'Toss, web', identifiers: {} };
    const { secretKey, clientKey } = SECOND_TOSS_MERCHANT;
    for (const [account, credentials] of [
      [second, { clientId, clientSecret }],
      [web, { secretKey, clientKey }],
    ]) {
      const { status } = await manage(world, '', { ...account, credentials });
      if (status !== 201) throw new Error(`the account was answered ${status}`);
    }
    for (const id of ['tstore', 'toss', 'second', 'toss-web']) await judged(world, id, 'accepted');
  });
  afterAll(() => world.close());

  const settles = async (prefix: string): Promise<void> => {
    const file = requestFile(1, prefix).replaceAll('skpcorp,', `${mid},`);
    const { body } = await world.upload(file, '?account=second');
    expect((await world.settled(body.id)).result.totals.paid.count).toBe(1);
  };

  it('are named when the newest are wrong, while billing goes on with the old', async () => {
    expect(await refusedOf(world)).toBeUndefined();
    await rotate(world, 'second', { clientSecret: WRONG_TSTORE });
    await rotate(world, 'toss-web', { secretKey: WRONG_WIDGET, clientKey: SECOND_TOSS_MERCHANT.clientKey });
    for (const id of ['second', 'toss-web']) {
      expect(await judged(world, id, 'refused')).toMatchObject({ credentialsDetail: expect.any(String) });
    }
    expect(await refusedOf(world)).toMatchObject({ count: 2 });
    await settles('with-the-old-');
    // Half a day later the next token is needed.
    world.clock.advanceSeconds(43_200);
    await settles('with-the-old-later-');
    expect((await stuck(world)).map(({ kind }) => kind)).toEqual(['account-refused']);
    expect(await refusedOf(world)).toMatchObject({ count: 2 });
  });

  it('are good again once they are rotated to the right ones', async () => {
    await rotate(world, 'second', { clientSecret });
    const { secretKey, clientKey } = SECOND_TOSS_MERCHANT;
    await rotate(world, 'toss-web', { secretKey, clientKey });
    for (const id of ['second', 'toss-web']) await judged(world, id, 'accepted');
    expect(await refusedOf(world)).toBeUndefined();
    expect(await noticesOf(world)).toEqual({});
    await settles('with-the-new-');
  });

  it('are tried anew when their account is enabled, and not while it is disabled', async () => {
    await manage(world, '/toss-web/disable', { reason: 'under review' });
    await rotate(world, 'toss-web', { secretKey: WRONG_WIDGET, clientKey: SECOND_TOSS_MERCHANT.clientKey });
    const checks = world.service.app.get(AccountChecks, { strict: false });
    await checks.runOnce();
    expect(await accountOf(world, 'toss-web')).toMatchObject({ credentialsVerdict: null, credentialsCheckedAt: null });
    await manage(world, '/toss-web/enable', { reason: 'reviewed' });
    await judged(world, 'toss-web', 'refused');
    const before = tossCalls(world);
    await manage(world, '/toss/disable', { reason: 'under review' });
    await manage(world, '/toss/enable', { reason: 'reviewed' });
    await until('it is asked again', () => Promise.resolve(tossCalls(world) > before || undefined));
    await judged(world, 'toss', 'accepted');
  });
});

describe('a gateway that is away at the start', () => {
  it('says nothing of credentials, marks nothing wrong, and is asked again until it answers', async () => {
    const world = await startWorld({ toss: true, environment: { TSTORE_AUTH_BASE_URL: 'http://127.0.0.1:1' } });
    try {
      await judged(world, 'toss', 'accepted');
      const attempts = async (): Promise<number> => {
        const [row] = await world.service.app
          .get(Database)
          .rows<{ attempts: number }>(`SELECT attempts FROM gateway_account_check WHERE gateway_account = 'tstore'`);
        return row?.attempts ?? 0;
      };
      await until('T store was asked', async () => ((await attempts()) === 1 ? true : undefined));
      expect(await accountOf(world, 'tstore')).toMatchObject({ credentialsVerdict: null, credentialsCheckedAt: null });
      expect(await stuck(world)).toEqual([]);
      expect(await noticesOf(world)).toEqual({});
      world.clock.advanceSeconds(60);
      await until('T store was asked again', async () => ((await attempts()) === 2 ? true : undefined));
      const unanswered = async (): Promise<JsonBody> =>
        (await stuck(world)).find(({ kind }) => kind === 'account-unanswered');
      expect(await unanswered()).toBeUndefined();
      // Nothing needs it yet, and when a day's run does, it is late to find its address wrong.
      world.clock.advanceSeconds(900);
      expect(await unanswered()).toMatchObject({ count: 1, detail: expect.stringContaining('tstore') });
      expect(await noticesOf(world)).toMatchObject({ 'account-unanswered': expect.stringContaining('(1)') });
    } finally {
      await world.close();
    }
  });

  it('clears no refusal when it goes away later', async () => {
    const world = await startWorld({ toss: true, environment: { TOSS_SECRET_KEY: WRONG_TOSS } });
    try {
      await judged(world, 'toss', 'refused');
      await world.simulator.close();
      world.clock.advanceSeconds(2 * HOUR_SECONDS);
      await until('it was asked in vain', async () => {
        const [row] = await world.service.app
          .get(Database)
          .rows(`SELECT FROM gateway_account_check WHERE gateway_account = 'toss' AND attempts > 0`);
        return row;
      });
      expect(await accountOf(world, 'toss')).toMatchObject({ credentialsVerdict: 'refused' });
      expect(await refusedOf(world)).toMatchObject({ count: 1 });
    } finally {
      await world.close();
    }
  });
});

describe('replicas', () => {
  it('ask a gateway once between them, and each for the secrets that it alone has', async () => {
    const world = await startWorld({ toss: true, environment: { ROLE: 'admin' } });
    const replicas: RunningService[] = [];
    try {
      expect(tossCalls(world)).toBe(0);
      const both = { ROLE: 'scheduler' };
      replicas.push(...(await Promise.all([replicaOf(world, both), replicaOf(world, both)])));
      for (const id of ['tstore', 'toss']) await judged(world, id, 'accepted');
      for (const { app } of replicas) await app.get(AccountChecks, { strict: false }).runOnce();
      expect([tokenRequests(world), tossCalls(world)]).toEqual([1, 1]);

      replicas.push(await replicaOf(world, { ...both, TOSS_SECRET_KEY: WRONG_TOSS }));
      await until('the one that is set up otherwise is named', () => refusedOf(world));
      for (const { app } of replicas) await app.get(AccountChecks, { strict: false }).runOnce();
      expect(tossCalls(world)).toBe(2);
      expect(await accountOf(world, 'toss')).toMatchObject({ credentialsVerdict: 'accepted' });
    } finally {
      for (const replica of replicas) await replica.close();
      await world.close();
    }
  });
});
