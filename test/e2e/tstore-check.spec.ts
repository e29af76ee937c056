import { createServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { exitCodeOf, explain } from '../../cli/exit';
import { programOf } from '../../cli/program';
import { readConfiguration } from '../../src/config';
import { Database } from '../../src/platform/database';
import { startService } from '../../src/service';
import { ADMIN_KEY, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { callAdmin, type AdminAnswer } from '../support/admin-world';
import { makeCertificate } from '../support/certificate';

/** More than any pace or hold-off asks for. */
const LATER_SECONDS = 120;

describe('the check of T store', () => {
  let world: BillingWorld;

  beforeAll(async () => (world = await startWorld({ environment: { ROLE: 'admin' } })));
  afterAll(() => world.close());
  beforeEach(() => world.clock.advanceSeconds(LATER_SECONDS));

  const check = (url = world.service.url): Promise<AdminAnswer> => callAdmin(url, 'POST', 'checks/tstore');
  const notices = async (): Promise<JsonBody> => {
    const response = await fetch(`${world.service.url}/health/ready`);
    expect(response.status).toBe(200);
    return ((await response.json()) as JsonBody).notices;
  };
  const stored = async (): Promise<JsonBody> =>
    (await world.service.app.get(Database).rows('SELECT ciphertext, generation FROM oauth_token'))[0];

  /** Asks as a replica that is set up otherwise, on the same database. */
  async function checkWith(settings: NodeJS.ProcessEnv): Promise<AdminAnswer> {
    const replica = await startService(readConfiguration({ ...world.environment, ...settings }), {
      clock: world.clock,
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
    });
    try {
      return await check(replica.url);
    } finally {
      await replica.close();
    }
  }

  it('says that it works, over the API and as a command', async () => {
    expect(await check()).toMatchObject({
      status: 200,
      body: { outcome: 'works', act: expect.stringContaining('nothing') },
    });
    const written: string[] = [];
    await programOf({
      environment: { MERCHANT_BILLING_URL: world.service.url, MERCHANT_BILLING_API_KEY: ADMIN_KEY },
      write: (text) => void written.push(text),
      complain: () => undefined,
    }).parseAsync(['check', 'tstore'], { from: 'user' });
    expect(written.join('')).toMatch(/works/);
    expect(await notices()).toEqual({});
  });

  it('ends as a command with an exit code of its own when it does not work, and says what to do', async () => {
    world.simulator.control.armFault({ kind: 'token-refused' });
    const written: string[] = [];
    const check = programOf({
      environment: { MERCHANT_BILLING_URL: world.service.url, MERCHANT_BILLING_API_KEY: ADMIN_KEY },
      write: (text) => void written.push(text),
      complain: () => undefined,
    }).parseAsync(['--json', 'check', 'tstore'], { from: 'user' });
    const error: unknown = await check.catch((reason: unknown) => reason);
    expect(exitCodeOf(error)).toBe(8);
    expect(explain(error)).toMatch(/^It does not work \(wrong-credentials\)\. .*TSTORE_CLIENT_SECRET/);
    expect(JSON.parse(written.join(''))).toMatchObject({ outcome: 'wrong-credentials' });
  });

  it('tells a wrong client secret, and throws the good token away by no failure', async () => {
    await check();
    const before = await stored();
    world.clock.advanceSeconds(LATER_SECONDS);
    const wrong = await checkWith({ TSTORE_CLIENT_SECRET: 'not-the-secret' });
    expect(wrong).toMatchObject({
      status: 200,
      body: {
        outcome: 'wrong-credentials',
        detail: expect.stringContaining('HTTP 401'),
        act: expect.stringContaining('TSTORE_CLIENT_SECRET'),
      },
    });
    expect(JSON.stringify(wrong.body)).not.toContain('not-the-secret');
    expect(await stored()).toEqual(before);
  });

  it('is told in the readiness report until T store gives a token again, and never makes it not ready', async () => {
    world.simulator.control.armFault({ kind: 'token-refused' });
    expect((await check()).body).toMatchObject({ outcome: 'wrong-credentials' });
    expect(await notices()).toEqual({ 'account-refused': expect.stringContaining('run `npm run cli -- check') });
    const { body } = await world.get('summary');
    expect(body.stuck).toMatchObject([{ kind: 'account-refused', detail: expect.stringContaining('HTTP 401') }]);
    world.clock.advanceSeconds(LATER_SECONDS);
    expect((await check()).body).toMatchObject({ outcome: 'works' });
    expect(await notices()).toEqual({});
  });

  it('tells a T store that can’t be reached from one that fails, and from one whose certificate nobody trusts', async () => {
    const nobody = await checkWith({ TSTORE_AUTH_BASE_URL: 'http://127.0.0.1:1' });
    expect(nobody.body).toMatchObject({
      outcome: 'unreachable',
      act: expect.stringContaining('TSTORE_AUTH_BASE_URL'),
    });

    world.clock.advanceSeconds(LATER_SECONDS);
    const stranger = createServer(makeCertificate('stranger')).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const { port } = stranger.address() as AddressInfo;
    const untrusted = await checkWith({ TSTORE_AUTH_BASE_URL: `https://127.0.0.1:${port}` });
    stranger.close();
    expect(untrusted.body).toMatchObject({
      outcome: 'tls-failed',
      act: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });

    world.clock.advanceSeconds(LATER_SECONDS);
    world.simulator.control.armFault({ kind: 'token-failing' });
    expect((await check()).body).toMatchObject({ outcome: 'no-token', detail: expect.stringContaining('HTTP 500') });
  });

  it('keeps a pace, and asks nothing while T store said no just now', async () => {
    world.simulator.control.armFault({ kind: 'token-refused' });
    await check();
    const answers = [await check(), await check(), await check()];
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 429,
        body: { code: 'rate-limited', retryAfterSeconds: expect.any(Number) },
      });
    }
  });
});
