import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceSettings, startSimulator, type Simulator } from '../../simulator';
import type { JsonBody } from '../support/billing-world';
import { dumpOf } from '../support/database-dump';
import { ADMIN_KEY, ENCRYPTION_KEYS } from '../support/people';
import { REQUEST_HEADER } from '../support/request-files';
import { leaksIn, type Searched, type Secret } from '../support/secret-search';
import { ServiceProcess } from '../support/service-process';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { carrierPrice } from '../support/subscribers';
import { until } from '../support/until';
import { WireTap } from '../support/wire-tap';

const hex = (bytes: number): string => randomBytes(bytes).toString('hex').toUpperCase();
const BOOTSTRAP_KEY = `admin-${randomBytes(24).toString('base64url')}`;
const CLIENT = { clientId: `client-${randomUUID()}`, clientSecret: `${randomBytes(24).toString('base64')}+/=` };
const KEYS = [randomBytes(32), randomBytes(32)];
const TOKENS = Array.from({ length: 12 }, (_, index) => hex(index % 2 === 0 ? 32 : 48));
/** Not tokens by their form, and sent as if they were: what a person does by mistake. */
const MISPLACED = [`${hex(32)}0`, hex(31)];
const PRODUCT = { storeProductId: '0910024116', name: '동영상 클라우드', price: carrierPrice(5_500) };

/** The service as operators run it, through all it does, while everything that is said on its wire is overheard. */
class CompleteRun {
  readonly answers: Searched[] = [];
  readonly madeKeys: string[] = [];
  private readonly logs: ServiceProcess[] = [];
  private readonly seenFiles = new Map<string, Buffer>();
  private url = '';
  private uploads = 0;

  private constructor(
    readonly database: TestDatabase,
    readonly simulator: Simulator,
    readonly tap: WireTap,
    readonly directory: string,
  ) {}

  static async start(): Promise<CompleteRun> {
    const database = await createTestDatabase();
    const simulator = await startSimulator({
      ...CLIENT,
      processingDelayMs: 0,
      notificationDelayMs: 0,
      declineRate: 0.2,
    });
    const directory = await mkdtemp(join(tmpdir(), 'secrets-'));
    return new CompleteRun(database, simulator, await WireTap.before(simulator.port), directory);
  }

  async startService(): Promise<ServiceProcess> {
    const service = ServiceProcess.start({
      ...serviceSettings(this.tap.url),
      TSTORE_CLIENT_ID: CLIENT.clientId,
      TSTORE_CLIENT_SECRET: CLIENT.clientSecret,
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: this.database.url,
      DATA_DIR: join(this.directory, 'data'),
      LOG_DIR: join(this.directory, 'log'),
      LOG_LEVEL: 'trace',
      // The last one is what people's keys are signed with.
      ENCRYPTION_KEYS: [...KEYS.map((key, index) => `k${index}:${key.toString('base64')}`), ENCRYPTION_KEYS].join(','),
      ADMIN_BOOTSTRAP_KEY: BOOTSTRAP_KEY,
      SCHEDULER_TICK_SECONDS: '1',
      BILLING_RUN_CONFIRM_FACTOR: '0',
      // Each part of it bills some of the same tokens.
      UPLOAD_CONFIRM_REPEATED_CHARGES: '0',
    });
    this.logs.push(service);
    this.url = await service.url();
    return service;
  }

  get secrets(): Secret[] {
    const named = (name: string, values: readonly (string | Buffer)[]): Secret[] =>
      values.map((value, index) => ({ name: `${name} ${index + 1}`, value }));
    return [
      ...named('admin key', [BOOTSTRAP_KEY, ADMIN_KEY, ...this.madeKeys]),
      ...named('client secret', [CLIENT.clientSecret]),
      ...named('encryption key', KEYS),
      ...named('billing token', TOKENS),
      ...named('misplaced token', MISPLACED),
      ...named('access token', this.tap.all(/"accessToken":"([^"]+)"/g)),
      ...named('callback token', this.callbackTokens),
      ...named('payer', this.tap.all(/"authKey":"([^"]+)"/g)),
    ];
  }

  get callbackTokens(): string[] {
    return this.tap.all(/notiUrl: \S+\/noti_listener\/(\S+)/gi);
  }

  async call(
    method: string,
    path: string,
    body?: string | object,
    headers: Record<string, string> = {},
  ): Promise<JsonBody> {
    const json = typeof body === 'object' ? { 'Content-Type': 'application/json' } : {};
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${ADMIN_KEY}`, ...json, ...headers },
      ...(body !== undefined && { body: typeof body === 'object' ? JSON.stringify(body) : body }),
    });
    const text = await response.text();
    // The one answer that is meant to hold a secret.
    if (path !== '/admin/v1/api-keys') this.answers.push({ place: `the answer to ${method} ${path}`, content: text });
    await this.lookAtFiles();
    return response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
  }

  /** Uploads a row for each token. @returns the job's id, or the refusal's code */
  async upload(tokens: readonly string[], changed: (row: string) => string = (row) => row): Promise<string> {
    const prefix = `s${(this.uploads += 1)}-`;
    const rows = tokens.map((token, index) => `skpcorp,${token},0910024116,상품,${prefix}${index},1000,1000,0,0`);
    const file = [REQUEST_HEADER, ...rows.map(changed)].join('\n');
    const answer = await this.call('POST', '/admin/v1/bulk-payment-jobs', file, { 'Content-Type': 'text/plain' });
    return answer.id ?? answer.code;
  }

  async settled(jobId: string): Promise<JsonBody> {
    return until(`job ${jobId} is settled`, async () => {
      await this.simulator.control.deliverNotifications();
      const job = await this.call('GET', `/admin/v1/bulk-payment-jobs/${jobId}`);
      return job.state === 'Failed' || job.result?.settledAt ? job : undefined;
    });
  }

  async inDoubt(jobId: string): Promise<void> {
    await until('nobody knows of the job', async () => {
      const job = await this.call('GET', `/admin/v1/bulk-payment-jobs/${jobId}`);
      return job.inDoubt || undefined;
    });
  }

  /** Everything this run has left behind anywhere. */
  async leftBehind(): Promise<Searched[]> {
    await this.lookAtFiles();
    const outputs = this.logs.flatMap(({ log, complaint }, index) => [
      { place: `standard output ${index}`, content: log },
      { place: `standard error ${index}`, content: complaint },
    ]);
    const files = [...this.seenFiles].map(([path, content]) => ({ place: `file ${path}`, content }));
    return [...(await dumpOf(this.database.url)), ...outputs, ...files];
  }

  async close(): Promise<void> {
    for (const service of this.logs) service.signal('SIGKILL');
    await Promise.all(this.logs.map((service) => service.ended));
    await this.tap.close();
    await this.simulator.close();
    await this.database.drop();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Also files that are there for a moment only, such as uploads. */
  private async lookAtFiles(): Promise<void> {
    const entries = await readdir(this.directory, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const content = await readFile(path).catch(() => undefined);
      if (content !== undefined) this.seenFiles.set(path.slice(this.directory.length), content);
    }
  }
}

describe('a complete run', () => {
  let run: CompleteRun;

  beforeAll(async () => {
    run = await CompleteRun.start();
  });

  afterAll(() => run.close());

  it('leaves no token, key or secret anywhere: not in the database, a log, a file or an answer', async () => {
    const { control } = run.simulator;
    const service = await run.startService();

    await run.settled(await run.upload(TOKENS.slice(0, 4)));
    await refusedUploads();
    control.armFault({ kind: 'submit-refused' });
    await run.settled(await run.upload(TOKENS.slice(4, 6)));
    control.armFault({ kind: 'submit-failing-before' });
    await run.inDoubt(await run.upload(TOKENS.slice(4, 8)));
    for (const kind of ['token-revoked', 'verify-refused', 'result-json'] as const) control.armFault({ kind });
    await run.settled(await run.upload(TOKENS.slice(4, 8)));
    await strangers();
    for (const kind of NOTIFICATION_FORMS) {
      control.armFault({ kind });
      await run.settled(await run.upload(TOKENS.slice(0, 2)));
    }
    await discrepancies();
    await subscriptions();
    await keys();

    service.signal('SIGKILL');
    await service.ended;
    const next = await run.startService();
    await run.settled(await run.upload(TOKENS.slice(8, 10)));
    next.signal('SIGTERM');
    await next.ended;

    const kinds = new Set(run.secrets.map(({ name }) => name.replace(/ \d+$/, '')));
    expect([...kinds].sort()).toEqual(KINDS_OF_SECRETS);
    const searched = await run.leftBehind();
    expect(leaksIn(searched, run.secrets)).toEqual([]);
    expect(leaksIn(run.answers, run.secrets)).toEqual([]);
    expectEverythingSearched(searched);
  });

  async function refusedUploads(): Promise<void> {
    const refusals = [
      await run.upload(TOKENS.slice(0, 3), (row) => row.toLowerCase()),
      await run.upload(TOKENS.slice(0, 3), (row) => `${row},${TOKENS[0]}`),
      await run.upload(TOKENS.slice(0, 3), (row) => row.replace(/,0910024116/, '')),
      await run.upload(TOKENS.slice(0, 3), (row) =>
        row.replace(/s\d+-\d+/, TOKENS[3] ?? '').replace('상품', TOKENS[2] ?? ''),
      ),
      await run.upload(TOKENS.slice(3, 5), (row) => row.replace(/,s\d+-/, ',s1-')),
      await run.upload(MISPLACED),
      await run.upload(TOKENS.slice(0, 3), () => TOKENS[1] ?? ''),
    ];
    expect(new Set(refusals)).toEqual(new Set(['invalid-request-file', 'duplicate-order-number']));
  }

  /** Who sends secrets where they don't belong, and who knocks with wrong ones. */
  async function strangers(): Promise<void> {
    const [token = ''] = TOKENS;
    await run.call('POST', '/noti_listener', `<billingToken>${token}</billingToken>`);
    await run.call('POST', `/noti_listener/${run.callbackTokens[0]}`, '{"jobId"');
    await run.call('PUT', `/noti_listener/${run.callbackTokens[0]}?key=${ADMIN_KEY}`);
    await run.call('GET', `/admin/v1/nothing?token=${token}&key=${ADMIN_KEY}`);
    await run.call('GET', '/admin/v1/charges', undefined, { authorization: `Bearer ${ADMIN_KEY.slice(0, -1)}` });
    await run.call('GET', '/admin/v1/charges', undefined, {
      authorization: `Basic ${ADMIN_KEY}`,
      'x-api-key': ADMIN_KEY,
    });
    await run.call('POST', '/admin/v1/subscriptions', `{"billingToken":"${token}"`, {
      'Content-Type': 'application/json',
    });
  }

  async function discrepancies(): Promise<void> {
    for (const kind of RESULT_FAULTS) {
      run.simulator.control.armFault({ kind });
      const job = await run.settled(await run.upload(TOKENS.slice(0, 6)));
      expect(job.result.totals.quarantined.count + job.result.totals.missing.count).toBeGreaterThan(0);
    }
    const { items } = await run.call('GET', '/admin/v1/discrepancies');
    expect(items.length).toBeGreaterThanOrEqual(RESULT_FAULTS.length);
    for (const { id } of items) {
      await run.call('POST', `/admin/v1/discrepancies/${id}/lookup`, {});
      await run.call('POST', `/admin/v1/discrepancies/${id}/accept`, { outcome: 'paid', reason: 'it was' });
      await run.call('GET', `/admin/v1/discrepancies/${id}`);
    }
  }

  async function subscriptions(): Promise<void> {
    await run.call('POST', '/admin/v1/products', PRODUCT);
    const order = { customerReference: 'c-1', storeProductId: PRODUCT.storeProductId, startedOn: '2030-01-31' };
    const idempotent = { 'Idempotency-Key': randomUUID() };
    const body = { ...order, billingToken: TOKENS[10] };
    for (let times = 0; times < 2; times++) await run.call('POST', '/admin/v1/subscriptions', body, idempotent);
    await run.call('POST', '/admin/v1/subscriptions', {
      ...body,
      billingToken: MISPLACED[0],
      customerReference: 'c-2',
    });
    await run.call('POST', '/admin/v1/subscriptions', { ...body, customerReference: TOKENS[9], anchorDay: 'x' });
    const header = 'customerReference,storeProductId,billingToken,startedOn';
    for (const token of [TOKENS[11], MISPLACED[1]]) {
      const file = `${header}\nc-3,${PRODUCT.storeProductId},${token},2030-01-31`;
      await run.call('POST', '/admin/v1/subscriptions/import', file, { 'Content-Type': 'text/csv' });
    }
    expect(await run.call('GET', '/admin/v1/subscriptions/export')).toContain('c-3');
    await run.call('GET', '/admin/v1/settlement-log');
  }

  async function keys(): Promise<void> {
    const made = await run.call(
      'POST',
      '/admin/v1/api-keys',
      { name: 'finance', owner: 'kim', role: 'viewer' },
      { 'Idempotency-Key': 'k', Authorization: `Bearer ${BOOTSTRAP_KEY}` },
    );
    run.madeKeys.push(made.token);
    await run.call('GET', '/admin/v1/charges', undefined, { authorization: `Bearer ${made.token}` });
    await run.call('GET', '/admin/v1/audit-log');
  }

  /** What was searched is what was meant to be: each holds what it must, and the secrets where they belong are found. */
  function expectEverythingSearched(searched: readonly Searched[]): void {
    const contentOf = (place: RegExp): string =>
      searched
        .filter((each) => place.test(each.place))
        .map(({ content }) => content.toString('latin1'))
        .join('\n');
    expect(contentOf(/^table public\.charge$/)).toContain('s1-0');
    expect(contentOf(/^bytes of table public\.billing_token$/).length).toBeGreaterThan(TOKENS.length * 64);
    expect(contentOf(/^table public\.discrepancy$/)).toContain('amount-mismatch');
    expect(contentOf(/^standard output 0/)).toContain('"level":"debug"');
    expect(contentOf(/^standard output 1/)).toContain('drained');
    expect(contentOf(/^file \/log\/service-/)).toContain('submission refused');
    expect(contentOf(/^file \/data\/request-files\//).length).toBeGreaterThan(1_000);
    expect(contentOf(/^file \/data\/result-files\//).length).toBeGreaterThan(1_000);
    const wire = [{ place: 'the wire', content: run.tap.heard }];
    const found = new Set(leaksIn(wire, run.secrets).map((leak) => leak.replace(/ \d+ in .*/, '')));
    expect([...found].sort()).toEqual(['access token', 'billing token', 'callback token', 'client secret', 'payer']);
  }
});

const NOTIFICATION_FORMS = ['notification-form-encoded', 'notification-unknown-members', 'notification-burst'] as const;
const RESULT_FAULTS = ['result-amount-altered', 'result-product-altered', 'result-columns-wrong'] as const;
const KINDS_OF_SECRETS = [
  'access token',
  'admin key',
  'billing token',
  'callback token',
  'client secret',
  'encryption key',
  'misplaced token',
  'payer',
];
