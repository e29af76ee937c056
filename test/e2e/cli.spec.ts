import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT_CODES, exitCodeOf, explain } from '../../cli/exit';
import { programOf } from '../../cli/program';
import { ADMIN_KEY, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
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
    expect(await json('kill-switch', 'release', '--reason', 'the drill is over')).toMatchObject({ engaged: false });
  });

  it('refunds a payment in part, once for a key', async () => {
    const args = ['--idempotency-key', 'cli-refund-1', 'refund', 'cli-1', '--amount', '1000', '--reason', 'promised'];
    const refund = await json(...args);
    expect(refund).toMatchObject({ amount: 1000 });
    expect(await json(...args)).toMatchObject({ id: refund.id });
    expect(await json('refunds', 'list')).toHaveLength(1);
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
