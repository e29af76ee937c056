import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT_CODES, exitCodeOf, explain } from '../../cli/exit';
import { programOf } from '../../cli/program';
import { LineStops } from '../../src/line-stop';
import { Database } from '../../src/platform/database';
import { ADMIN_KEY, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { uploadInDoubt } from '../support/doubt';
import { requestFile } from '../support/request-files';

interface Ran {
  exitCode: number;
  output: string;
  complaint: string;
}

describe('the operators’ program', () => {
  let world: BillingWorld;
  let directory: string;
  let jobId: string;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 } });
    directory = await mkdtemp(join(tmpdir(), 'cli-'));
    const file = join(directory, 'batch.pay');
    await writeFile(file, requestFile(3, 'cli-'));
    jobId = (await json('jobs', 'upload', file, '--batch-reference', 'November')).id;
    await world.settled(jobId);
  });

  afterAll(async () => {
    await world.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function run(args: string[], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
    let output = '';
    let complaint = '';
    const program = programOf({
      environment: {
        MERCHANT_BILLING_URL: world.service.url,
        MERCHANT_BILLING_API_KEY: ADMIN_KEY,
        ...environment,
      },
      write: (text) => void (output += text),
      complain: (text) => void (complaint += text),
    });
    try {
      await program.parseAsync(args, { from: 'user' });
      return { exitCode: 0, output, complaint };
    } catch (error) {
      return { exitCode: exitCodeOf(error), output, complaint: complaint + explain(error) };
    }
  }

  async function json(...args: string[]): Promise<JsonBody> {
    const { exitCode, output, complaint } = await run(['--json', ...args]);
    if (exitCode !== 0) throw new Error(complaint);
    return JSON.parse(output);
  }

  it('lists as a table, and as JSON', async () => {
    const { output } = await run(['jobs', 'list', '--state', 'VerifiedCompleted']);
    expect(output).toContain('created (Seoul)');
    expect(output).toContain('VerifiedCompleted');
    expect(await json('jobs', 'list', '--state', 'VerifiedCompleted')).toMatchObject([{ id: jobId }]);
    expect((await run(['jobs', 'list', '--state', 'Failed'])).output).toBe('none\n');
  });

  it('reads as many pages as are asked for', async () => {
    const orderNos = (rows: JsonBody[]) => rows.map((row) => row.orderNo);
    const all = orderNos(await json('charges', 'list', '--all'));
    expect(all.sort()).toEqual(['cli-0', 'cli-1', 'cli-2']);
    expect(await json('charges', 'list', '--limit', '2')).toHaveLength(2);
  });

  it('shows a thing with all its members', async () => {
    const { amount } = await json('charges', 'show', 'cli-2');
    const { output } = await run(['charges', 'show', 'cli-2']);
    expect(output).toMatch(new RegExp(`^amount +${amount}$`, 'm'));
    expect(output).toMatch(/^orderNo +cli-2$/m);
    expect(output).toMatch(/^state +Paid$/m);
  });

  it('stops and releases submissions', async () => {
    expect(await json('kill-switch', 'engage', '--reason', 'a drill')).toMatchObject({
      engaged: true,
      reason: 'a drill',
    });
    expect(await json('kill-switch', 'show')).toMatchObject({ engaged: true });
    expect((await run(['summary'])).output).toContain('The kill switch is engaged');
    const file = join(directory, 'held.pay');
    await writeFile(file, requestFile(1, 'held-'));
    const { id, actions } = await json('jobs', 'upload', file);
    expect(actions).toEqual(['cancel']);
    expect(await json('jobs', 'cancel', id, '--reason', 'a drill')).toMatchObject({ state: 'Failed' });
    expect(await run(['jobs', 'cancel', id, '--reason', 'again'])).toMatchObject({ exitCode: 3 });
    expect(await json('kill-switch', 'release', '--reason', 'the drill is over')).toMatchObject({ engaged: false });
  });

  it('refunds a payment in part, once for a key', async () => {
    const args = ['--idempotency-key', 'cli-refund-1', 'refund', 'cli-1', '--amount', '1000', '--reason', 'promised'];
    const refund = await json(...args);
    expect(refund).toMatchObject({ amount: 1000 });
    expect(await json(...args)).toMatchObject({ id: refund.id });
    expect(await json('refunds', 'list')).toHaveLength(1);
    const ran = await run(['refunds', 'resolve', refund.id, '--as', 'refunded', '--reason', 'it is not in doubt']);
    expect(ran).toMatchObject({ exitCode: 3, complaint: expect.stringContaining('state-conflict') });
  });

  it('decides on a job in doubt', async () => {
    const { id } = await uploadInDoubt(world, requestFile(1, 'doubtful-'), 'submit-failing-before');
    expect(await json('jobs', 'list', '--in-doubt')).toMatchObject([{ id }]);
    const resolve = (...as: string[]) => run(['jobs', 'resolve', id, ...as, '--reason', 'T store said so']);
    expect((await resolve('--gateway-job', 'J1', '--not-accepted')).exitCode).toBe(2);
    expect((await resolve('--not-accepted')).output).toMatch(/^state +Failed$/m);
    expect((await resolve('--not-accepted')).exitCode).toBe(3);
  });

  it('answers whether a customer was charged, how we know, and what may be done', async () => {
    const [answer] = await json('inquiry', '--order', 'cli-2');
    expect(answer).toMatchObject({ verdict: 'charged', charge: { orderNo: 'cli-2' } });
    const { output } = await run(['inquiry', '--transaction', answer.charge.transactionId]);
    expect(output).toContain(`cli-2: charged, ${answer.amountCharged.toLocaleString('en-US')} won`);
    expect(output).toMatch(/settled.*settlement-log/);
    expect(output).toContain('POST /admin/v1/charges/cli-2/refunds');
    expect(await run(['inquiry', '--customer', 'nobody'])).toMatchObject({ exitCode: 4, output: '' });
  });

  it('tells the day and the month, and what is stuck', async () => {
    const { today } = await json('summary');
    const { output } = await run(['summary']);
    expect(output).toMatch(new RegExp(`paid +│ ${today.paid.count}, ${today.paid.amount.toLocaleString('en-US')} won`));
    const [day] = await json('report', today.from);
    expect(day).toMatchObject({ day: today.from, balanced: true, paid: today.paid });
    expect((await run(['report', today.from, today.to])).output).toContain('adds up');
    expect(await run(['report', '2020-01-01', '2027-01-01'])).toMatchObject({ exitCode: 3 });
  });

  it('shows notifications to the byte', async () => {
    const [notification] = await json('notifications', 'list', '--job', jobId, '--state', 'Verified');
    expect((await run(['notifications', 'list', '--state', 'Verified'])).output).toContain(notification.gatewayJobId);
    const { output } = await run(['notifications', 'show', notification.id]);
    expect(output).toMatch(/^rawBody.text +\{/m);
    expect(output).toMatch(/^history.0.toState +Verified$/m);
  });

  it('lists, shows and resolves line stops', async () => {
    const database = world.service.app.get(Database);
    const evidence = { gatewayJobId: 'J9', from: 'a drill', known: null, failureReason: null };
    const violations = {
      sql: `SELECT 'gateway-contradicts' AS kind, $1::bigint AS bulk_payment_job_id, NULL::bigint AS subscription_id,
        'planted' AS violation, $2::jsonb AS evidence`,
      parameters: [jobId, JSON.stringify(evidence)],
    };
    await database.transaction((session) => world.service.app.get(LineStops).raise(session, violations, 'test'));
    const [stop] = await json('line-stops', 'list', '--state', 'Open', '--job', jobId);
    expect((await run(['line-stops', 'list'])).output).toContain(`job ${jobId}`);
    expect(await json('line-stops', 'show', stop.id)).toMatchObject({ actions: ['resolve'], evidence });
    expect((await run(['summary'])).output).toContain('open line stops');
    const resolve = () => run(['line-stops', 'resolve', stop.id, '--reason', 'looked into']);
    expect((await resolve()).output).toMatch(/^resolution.reason +looked into$/m);
    expect(await resolve()).toMatchObject({ exitCode: 3, complaint: expect.stringContaining('state-conflict') });
  });

  it('makes keys with an owner, and lists what was changed, by whom and why', async () => {
    const { id, token } = await json('keys', 'create', 'laptop', '--role', 'operator', '--owner', 'Kim@example.com');
    expect((await run(['keys', 'list'])).output).toContain('kim@example.com');
    const environment = { MERCHANT_BILLING_API_KEY: token };
    await run(['kill-switch', 'release', '--reason', 'audited'], environment);
    const [entry] = await json('audit', 'list', '--owner', 'kim@example.com', '--resource', 'kill-switch');
    expect(entry).toMatchObject({
      actor: `laptop (key ${id})`,
      reason: 'audited',
      before: { engaged: false },
      outcome: { status: 200 },
    });
    const { output } = await run(['audit', 'list', '--key', id]);
    expect(output).toMatch(/laptop \(key \d+\).*killSwitch\.release.*audited/);
    expect(await run(['audit', 'list'], environment)).toMatchObject({ exitCode: 3, output: '' });
  });

  it('shows what a run would bill, and writes nothing', async () => {
    expect(await json('runs', 'dry-run', '2027-01-31')).toMatchObject({
      billingDate: '2027-01-31',
      total: { count: 0 },
    });
    expect(await json('runs', 'list')).toEqual([]);
  });

  it.each([
    [['jobs', 'show', '999999'], 4, 'job-not-found'],
    [['runs', 'dry-run', 'tomorrow'], 3, 'date'],
    [['jobs', 'list', '--state', 'Lost'], 2, 'Lost'],
    [['jobs', 'resolve', '1', '--reason', 'r'], 2, '--not-accepted'],
    [['refund', 'cli-1'], 2, '--reason'],
    [['refund', 'cli-1', '--amount', '1.5', '--reason', 'r'], 2, 'whole number'],
    [['jobs', 'upload', '/no/such/file'], 2, '/no/such/file'],
    [['inquiry', '--order', 'a', '--customer', 'b'], 2, '--transaction'],
    [['keys', 'create', 'x', '--role', 'viewer'], 2, '--owner'],
    [['line-stops', 'show', '999999'], 4, 'line-stop-not-found'],
    [['notifications', 'show', '999999'], 4, 'notification-not-found'],
    [['audit', 'list', '--from', 'yesterday'], 3, 'from'],
    [['nonsense'], 2, 'nonsense'],
  ])('%j ends with %s and names %s', async (args, exitCode, text) => {
    const ran = await run(args);
    expect(ran).toMatchObject({ exitCode, output: '' });
    expect(ran.complaint).toContain(text);
    expect(ran.complaint).not.toMatch(/^ +at /m);
  });

  it('says when nobody answers, and how to ask again', async () => {
    const ran = await run(['--url', 'http://127.0.0.1:9', 'refund', 'cli-2', '--reason', 'r']);
    expect(ran.exitCode).toBe(5);
    expect(ran.complaint).toMatch(/--idempotency-key [0-9a-f-]{36}/);
  });

  it('refuses without a key, and with one that is not known', async () => {
    expect(await run(['jobs', 'list'], { MERCHANT_BILLING_API_KEY: '' })).toMatchObject({ exitCode: 2 });
    const ran = await run(['jobs', 'list'], { MERCHANT_BILLING_API_KEY: 'not-a-key' });
    expect(ran).toMatchObject({ exitCode: 3 });
    expect(ran.complaint).not.toContain('not-a-key');
  });

  it('is a program with help that tells all exit codes', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(__dirname, '../../dist/cli/main.js'), '--help'], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    for (const meaning of Object.values(EXIT_CODES)) expect(stdout).toContain(meaning);
  });
});
