import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BillingSteps } from '../../src/billing-scheduler';
import { readConfiguration } from '../../src/config';
import { NOTHING_DUE } from '../../src/kernel/step-report';
import { startService, type RunningService } from '../../src/service';
import { MovableClock } from '../support/billing-world';
import { ADMIN_KEY, serviceEnvironment } from '../support/service-environment';
import { preparedBilling } from '../support/prepared-billing';
import type { TestDatabase } from '../support/test-database';
import { until } from '../support/until';

const NO_TSTORE = { TSTORE_CLIENT_ID: '', TSTORE_CLIENT_SECRET: '', TSTORE_BID: '', TSTORE_MID: '' };

describe('a service without T store', () => {
  let database: TestDatabase;
  let directory: string;
  let service: RunningService;

  beforeAll(async () => {
    database = await preparedBilling(2, {});
    directory = await mkdtemp(join(tmpdir(), 'without-tstore-'));
    const settings = { ...NO_TSTORE, DATA_DIR: directory };
    service = await startService(readConfiguration(serviceEnvironment(database.url, settings)));
  });

  afterAll(async () => {
    await service.close();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  function ask(method: string, path: string, body?: object): Promise<Response> {
    const headers = {
      Authorization: `Bearer ${ADMIN_KEY}`,
      'Idempotency-Key': crypto.randomUUID(),
      ...(body && { 'Content-Type': 'application/json' }),
    };
    return fetch(`${service.url}/admin/v1/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  }

  it('is ready, and says that nothing is collected by T store', async () => {
    const answer = await fetch(`${service.url}/health/ready`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(/gateway-not-configured.*TSTORE_CLIENT_ID/);
  });

  it('sells', async () => {
    const price = { amount: 5500, carrierAmount: 5500, creditCardAmount: 0, tmembershipAmount: 0 };
    const made = await ask('POST', 'products', { storeProductId: '0910024117', name: 'Cloud storage', price });
    expect([made.status, await made.json()]).toEqual([201, expect.objectContaining({ storeProductId: '0910024117' })]);
  });

  it('lets the jobs of before wait, and says for what', async () => {
    const answer = (await (await ask('GET', 'bulk-payment-jobs')).json()) as { items: unknown[] };
    expect(answer.items).toEqual([
      expect.objectContaining({ state: 'Created', heldBy: 'gateway account tstore is not set up here', retry: null }),
    ]);
    const asking = /^(plan-billing-run|submit|verify-notification|download-result|send-refund|resolve-refund)$/;
    for (const step of service.app.get(BillingSteps).all.filter(({ name }) => asking.test(name))) {
      expect([step.name, await step.runOnce()]).toEqual([step.name, NOTHING_DUE]);
    }
  });

  it('plans no billing run that nobody can collect', async () => {
    const date = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Seoul' }).format(new Date());
    const answer = await ask('POST', 'billing-runs', { date });
    expect([answer.status, await answer.json()]).toEqual([
      409,
      expect.objectContaining({
        code: 'gateway-not-configured',
        detail: expect.stringContaining('TSTORE_MID') as string,
      }),
    ]);
    const runs = (await (await ask('GET', 'billing-runs')).json()) as { items: unknown[] };
    expect(runs.items).toEqual([expect.objectContaining({ billingDate: '2027-01-31' })]);
  });

  it('has no T store to check', async () => {
    const answer = await ask('POST', 'checks/tstore');
    expect([answer.status, await answer.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'gateway-not-configured' }),
    ]);
  });

  it('has told people of what waits for it a quarter of an hour later, and not before', async () => {
    const told = async (url: string): Promise<{ kind: string; count: number; detail: string }[]> => {
      const answer = await fetch(`${url}/admin/v1/summary`, { headers: { Authorization: `Bearer ${ADMIN_KEY}` } });
      const { stuck } = (await answer.json()) as { stuck: { kind: string; count: number; detail: string }[] };
      return stuck.filter(({ kind }) => kind === 'accounts-unused');
    };
    expect(await told(service.url)).toEqual([]);
    const clock = new MovableClock();
    clock.advanceSeconds(16 * 60);
    const settings = { ...NO_TSTORE, DATA_DIR: directory };
    const later = await startService(readConfiguration(serviceEnvironment(database.url, settings)), { clock });
    try {
      const found = await until('it is told of', async () => {
        const waiting = await told(later.url);
        return waiting.length > 0 ? waiting : undefined;
      });
      expect(found).toMatchObject([{ count: 1, detail: expect.stringMatching(/^account tstore: job \d+$/) }]);
    } finally {
      await later.close();
    }
  });
});
