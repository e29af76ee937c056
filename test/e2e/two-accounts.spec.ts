import { SECOND_CLIENT } from '../../simulator';
import { Database } from '../../src/platform/database';
import { BOOTSTRAP_KEY, startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { dumpOf } from '../support/database-dump';
import { askRefund, refundInState } from '../support/refunds';
import { requestFile } from '../support/request-files';
import { leaksIn } from '../support/secret-search';
import { PRODUCT, planOn, send, subscribe } from '../support/subscribers';
import { until } from '../support/until';

const { clientId, clientSecret, bid, mid } = SECOND_CLIENT;
const NEW_SECRET = 'third-secret-of-the-second-client';
const NEWEST_SECRET = 'fourth-secret-of-the-second-client';
const ADMIN = { Authorization: `Bearer ${BOOTSTRAP_KEY}` };

describe('two clients of T store at once', () => {
  let world: BillingWorld;
  const logLines: string[] = [];
  const answers: JsonBody[] = [];
  let files = 0;

  beforeAll(async () => {
    world = await startWorld({
      logLines,
      simulator: { declineRate: 0 },
      environment: { REFUND_RATE_PER_MINUTE: '6000', TSTORE_LOOKUPS_PER_MINUTE: '6000' },
    });
    const account = { id: 'second', gateway: 'tstore', label: 'Second brand', identifiers: { bid, mid } };
    const made = await manage('POST', '', { ...account, credentials: { clientId, clientSecret } });
    if (made.status !== 201) throw new Error(`no account: ${JSON.stringify(made.body)}`);
    await until('its secrets are tried', async () => {
      const { credentialsVerdict } = (await world.get('gateway-accounts/second')).body;
      return credentialsVerdict === 'accepted' || undefined;
    });
  });
  afterAll(() => world.close());

  const manage = async (method: string, path: string, body?: unknown): Promise<JsonAnswer> => {
    const answer = await send(world, method, `gateway-accounts${path}`, body, ADMIN);
    answers.push(answer.body);
    return answer;
  };
  const database = (): Database => world.service.app.get(Database);

  /** A file of one row, for an account. @returns the job's id */
  async function upload(account: 'tstore' | 'second', prefix = `file-${(files += 1)}-`): Promise<string> {
    const file = requestFile(1, prefix);
    const rows = account === 'second' ? file.replaceAll('skpcorp,', `${mid},`) : file;
    const { status, body } = await world.upload(rows, `?account=${account}`);
    expect(status).toBe(201);
    return body.id;
  }
  const job = async (id: string): Promise<JsonBody> => (await world.get(`bulk-payment-jobs/${id}`)).body;
  const isSettled = async (id: string) => expect((await world.settled(id)).result.totals.paid.count).toBe(1);

  /** Half a day goes by, so that the next call needs a new one. */
  const tokensExpire = () => world.clock.advanceSeconds(43_200);
  const secondKnows = (...secrets: string[]) => world.simulator.control.setSecrets(clientId, secrets);
  const waitingKinds = async (): Promise<string[]> =>
    (await world.get('summary')).body.stuck.map(({ kind }: JsonBody) => kind);
  /** What failed is tried again soon. */
  const soon = () => world.clock.advanceSeconds(600);

  it('are billed by one run, each by its own token, business and merchant id, and told by its own notification', async () => {
    const second = await send(world, 'POST', 'products', {
      ...{ storeProductId: 'second-1', name: 'Second TV', gatewayAccount: 'second' },
      price: { amount: 7_700, carrierAmount: 7_700, creditCardAmount: 0, tmembershipAmount: 0 },
    });
    expect(second.body).toMatchObject({ gatewayAccount: 'second' });
    await subscribe(world, 'of the first', '2027-01-31');
    await subscribe(world, 'of the second', '2027-01-31', { storeProductId: 'second-1' });
    const before = world.simulator.control.tokensIssued();
    await planOn(world, '2027-01-31');
    const { body: list } = await world.get('bulk-payment-jobs');
    const jobs: JsonBody[] = await Promise.all(list.items.map(({ id }: JsonBody) => world.settled(id)));
    const told = jobs.map((one) => [one.gatewayAccount, one.submission.headers.bid, one.result.totals.paid.amount]);
    expect(told.sort()).toEqual([
      ['second', bid, 7_700],
      ['tstore', 'skplanet', PRODUCT.amount],
    ]);
    expect(world.simulator.control.tokensIssued()).toBe(before + 2);
    const tokens = await database().rows<{ name: string }>('SELECT name FROM oauth_token ORDER BY name');
    expect(tokens.map(({ name }) => name)).toEqual(['second', 'tstore']);
    const { body: messages } = await world.get('notifications');
    expect(messages.items.map((one: JsonBody) => [one.gatewayAccount, one.state]).sort()).toEqual([
      ['second', 'Verified'],
      ['tstore', 'Verified'],
    ]);
    const charges = await database().rows('SELECT gateway_account, amount FROM charge ORDER BY gateway_account');
    expect(charges).toMatchObject([{ gateway_account: 'second' }, { gateway_account: 'tstore' }]);
  });

  it('take uploads with their own merchant id, and no other’s', async () => {
    await Promise.all([upload('tstore'), upload('second')].map(async (id) => isSettled(await id)));
    const refused = await world.upload(requestFile(1, 'of-the-first-'), '?account=second');
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request-file', faults: [{ field: 'mid' }] } });
    expect(await world.upload(requestFile(1, 'nobodys-'), '?account=nobody')).toMatchObject({
      status: 404,
      body: { code: 'gateway-account-not-found' },
    });
  });

  it('look up and give back what each collected, as each', async () => {
    for (const account of ['second', 'tstore'] as const) {
      await isSettled(await upload(account, `back-${account}-`));
      const orderNo = `back-${account}-0`;
      const { body: lookedUp } = await world.get(`charges/${orderNo}/transaction`);
      expect(lookedUp).toMatchObject({ agrees: true });
      const { body: refund } = await askRefund(world, orderNo);
      await refundInState(world, refund.id, 'Refunded');
      const [entry] = await world.simulator.control.bookOfOrder(orderNo);
      expect(entry?.refunds).toHaveLength(1);
    }
    const asked = await database().rows('SELECT DISTINCT gateway_account, answer FROM transaction_lookup ORDER BY 1');
    expect(asked).toEqual([
      { gateway_account: 'second', answer: 'found' },
      { gateway_account: 'tstore', answer: 'found' },
    ]);
  });

  it('don’t hold each other up: with a wrong secret one waits and says so, and goes on with the right one', async () => {
    secondKnows(NEW_SECRET);
    tokensExpire();
    const [waiting, other] = [await upload('second'), await upload('tstore')];
    await isSettled(other);
    const failed = await until('the second was refused', async () => {
      const { retry } = await job(waiting);
      return retry?.error.includes('No access token') ? retry : undefined;
    });
    expect(failed.error).toMatch(/refused with HTTP 401/);
    const { body: summary } = await world.get('summary');
    expect(summary.stuck).toContainEqual(
      expect.objectContaining({
        kind: 'no-gateway-token',
        count: 1,
        detail: expect.stringMatching(/^account second: /),
      }),
    );
    // The scheduler may have asked at the same moment.
    const tried = await until('it may be asked again', async () => {
      soon();
      const { status, body } = await send(world, 'POST', 'checks/tstore?account=second');
      return status === 429 ? undefined : body;
    });
    expect(tried).toMatchObject({
      outcome: 'wrong-credentials',
      act: expect.stringContaining('accounts rotate second'),
    });
    await manage('POST', '/second/credentials', {
      credentials: { clientSecret: NEW_SECRET },
      reason: 'T store’s new one',
    });
    soon();
    await isSettled(waiting);
    expect(await waitingKinds()).not.toContain('no-gateway-token');
  });

  it('rotate without a pause: the new secret may come to T store before or after it comes to us', async () => {
    const oldValidUntil = new Date(world.clock.now().getTime() + 7 * 86_400_000).toISOString();
    const rotation = { credentials: { clientSecret: NEWEST_SECRET }, oldValidUntil, reason: 'yearly' };
    await manage('POST', '/second/credentials', rotation);
    tokensExpire();
    await isSettled(await upload('second'));
    expect(logLines.join('')).toContain('the newer secrets were refused; the older are tried');
    secondKnows(NEW_SECRET, NEWEST_SECRET);
    tokensExpire();
    await isSettled(await upload('second'));
    secondKnows(NEWEST_SECRET);
    tokensExpire();
    await isSettled(await upload('second'));
  });

  it('use no token any more that was had with secrets that have ended', async () => {
    await isSettled(await upload('second'));
    const before = world.simulator.control.tokensIssued();
    secondKnows(NEWEST_SECRET, NEW_SECRET);
    const oldValidUntil = world.clock.now().toISOString();
    const rotation = { credentials: { clientSecret: NEW_SECRET }, oldValidUntil, reason: 'the other got out' };
    await manage('POST', '/second/credentials', rotation);
    await isSettled(await upload('second'));
    expect(world.simulator.control.tokensIssued()).toBe(before + 1);
  });

  it('wait while they are disabled, which nobody else does, and go on when they are enabled', async () => {
    await manage('POST', '/second/disable', { reason: 'contract under review' });
    const [waiting, other] = [await upload('second'), await upload('tstore')];
    await isSettled(other);
    expect(await job(waiting)).toMatchObject({ state: 'Created', heldBy: 'gateway account second is disabled' });
    const refund = (await send(world, 'POST', 'charges/file-2-0/refunds', { reason: 'a test' })).body;
    expect(refund).toMatchObject({ state: 'Requested', heldBy: 'gateway account second is disabled' });
    const { body: summary } = await world.get('summary');
    expect(summary.stuck).toContainEqual(
      expect.objectContaining({ kind: 'accounts-disabled', count: 2, detail: `account second: job ${waiting}` }),
    );
    await manage('POST', '/second/enable', { reason: 'reviewed' });
    await isSettled(waiting);
    await refundInState(world, refund.id, 'Refunded');
    expect(await waitingKinds()).not.toContain('accounts-disabled');
  });

  it('have places of their own: one whose submission hangs waits, and nobody else', async () => {
    await manage('PATCH', '/second', { atOnce: 1 });
    const { control } = world.simulator;
    control.armFault({ kind: 'submit-held', times: 1 });
    const hanging = await upload('second');
    await until('it hangs', () => Promise.resolve(control.faults().some(({ struck }) => struck > 0) || undefined));
    const behind = await upload('second');
    for (let others = 0; others < 3; others += 1) await isSettled(await upload('tstore'));
    expect(await job(behind)).toMatchObject({ state: 'Created', submission: null });
    control.disarmAllFaults();
    await isSettled(hanging);
    await isSettled(behind);
  });

  it('show their secrets in no answer, log line or row', async () => {
    const { body: audit } = await send(world, 'GET', 'audit-log?resource=gateway-accounts&limit=100', undefined, ADMIN);
    const secrets = [clientId, clientSecret, NEW_SECRET, NEWEST_SECRET].map((value, index) => ({
      name: `secret ${index}`,
      value,
    }));
    const searched = [
      { place: 'answers', content: JSON.stringify([...answers, audit]) },
      { place: 'log', content: logLines.join('') },
      ...(await dumpOf(world.database.url)),
    ];
    expect(leaksIn(searched, secrets)).toEqual([]);
  });
});
