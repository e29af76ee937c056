import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { EXIT_CODES, exitCodeOf, explain } from '../../cli/exit';
import { programOf } from '../../cli/program';
import type { Surroundings } from '../../cli/session';
import { LineStops } from '../../src/line-stop';
import { Database } from '../../src/platform/database';
import {
  ADMIN_KEY,
  BOOTSTRAP_KEY,
  SECOND_PERSONS_KEY,
  startWorld,
  type BillingWorld,
  type JsonBody,
} from '../support/billing-world';
import { uploadInDoubt } from '../support/doubt';
import { TOKEN_64, requestFile } from '../support/request-files';

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
    jobId = (await json('jobs', 'upload', file, '--yes', '--batch-reference', 'November')).id;
    await world.settled(jobId);
  });

  afterAll(async () => {
    await world.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function run(
    args: string[],
    environment: NodeJS.ProcessEnv = {},
    terminal: Partial<Surroundings> = {},
  ): Promise<Ran> {
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
      ...terminal,
    });
    try {
      await program.parseAsync(args, { from: 'user' });
      return { exitCode: 0, output, complaint };
    } catch (error) {
      return { exitCode: exitCodeOf(error), output, complaint: complaint + explain(error) };
    }
  }

  const json = (...args: string[]): Promise<JsonBody> => jsonWith({}, ...args);

  async function jsonWith(environment: NodeJS.ProcessEnv, ...args: string[]): Promise<JsonBody> {
    const { exitCode, output, complaint } = await run(['--json', ...args], environment);
    if (exitCode !== 0) throw new Error(complaint);
    return JSON.parse(output);
  }

  it('lists as a table, and as JSON', async () => {
    const { output } = await run(['jobs', 'list', '--state', 'VerifiedCompleted']);
    expect(output).toMatch(/^id +state +stands at +charges +amount +created/);
    expect(output).toMatch(/VerifiedCompleted +settled +3 +[\d,]+ won +\d{4}-\d\d-\d\d \d\d:\d\d /);
    expect(output.match(/Seoul/g)).toHaveLength(1);
    expect(await json('jobs', 'list', '--state', 'VerifiedCompleted')).toMatchObject([{ id: jobId }]);
    expect((await run(['jobs', 'list', '--state', 'Failed'])).output).toBe('none\n');
  });

  it('reads as many pages as are asked for', async () => {
    const orderNos = (rows: JsonBody[]) => rows.map((row) => row.orderNo);
    const all = orderNos(await json('charges', 'list', '--all'));
    expect(all.sort()).toEqual(['cli-0', 'cli-1', 'cli-2']);
    expect(await json('charges', 'list', '--limit', '2')).toHaveLength(2);
    expect((await run(['charges', 'list', '--limit', '2'])).complaint).toContain('more than these 2');
    expect((await run(['charges', 'list', '--limit', '3'])).complaint).toBe('');
  });

  it('shows a thing with all its members', async () => {
    const { amount } = await json('charges', 'show', 'cli-2');
    const { output } = await run(['charges', 'show', 'cli-2']);
    expect(output).toMatch(new RegExp(`^amount +${amount.toLocaleString('en-US')} won$`, 'm'));
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
    const { id, actions } = await json('jobs', 'upload', file, '--yes');
    expect(actions).toEqual(['cancel']);
    expect(await json('jobs', 'cancel', id, '--reason', 'a drill')).toMatchObject({ state: 'Failed' });
    expect(await run(['jobs', 'cancel', id, '--reason', 'again'])).toMatchObject({ exitCode: 3 });
    expect(await json('kill-switch', 'release', '--yes', '--reason', 'the drill is over')).toMatchObject({
      engaged: false,
    });
  });

  it('refunds a payment in part, once for a key', async () => {
    const args = [
      '--idempotency-key',
      'cli-refund-1',
      'refund',
      'cli-1',
      '--amount',
      '1,000',
      '--reason',
      'promised',
      '--yes',
    ];
    const refund = await json(...args);
    expect(refund).toMatchObject({ amount: 1000 });
    expect(await json(...args)).toMatchObject({ id: refund.id });
    expect(await json('refunds', 'list')).toHaveLength(1);
    const ran = await run(['refunds', 'resolve', refund.id, '--as', 'refunded', '--reason', 'no doubt', '--yes']);
    expect(ran).toMatchObject({ exitCode: 3, complaint: expect.stringContaining('state-conflict') });
  });

  describe('before money moves', () => {
    const refund = ['refund', 'cli-0', '--amount', '1,000', '--reason', 'promised'];

    it('says what will happen, and does it when a person says yes', async () => {
      const { amount } = await json('charges', 'show', 'cli-0');
      const asked: string[] = [];
      const ask = (says: boolean) => ({ ask: (question: string) => (asked.push(question), Promise.resolve(says)) });
      const refused = await run(refund, {}, ask(false));
      expect(refused).toMatchObject({ exitCode: 6, output: '' });
      expect(refused.complaint).toContain(
        `Give back 1,000 won of the ${amount.toLocaleString('en-US')} won paid for cli-0`,
      );
      expect(await json('charges', 'refunds', 'cli-0')).toEqual([]);
      expect(await run(refund, {}, ask(true))).toMatchObject({ exitCode: 0 });
      expect(asked).toHaveLength(2);
      expect(await json('charges', 'refunds', 'cli-0')).toMatchObject([{ amount: 1000 }]);
    });

    it('does nothing where there is nobody to ask, unless told to', async () => {
      const file = join(directory, 'batch.pay');
      for (const args of [
        ['refund', 'cli-2', '--all', '--reason', 'r'],
        ['jobs', 'upload', file, '--batch-reference', 'again'],
        ['jobs', 'rebill', jobId, '--reason', 'r'],
        ['runs', 'open', '2027-01-31'],
      ]) {
        expect(await run(args)).toMatchObject({ exitCode: 6, output: '', complaint: expect.stringContaining('--yes') });
      }
      expect(await json('charges', 'refunds', 'cli-2')).toEqual([]);
      expect(await json('jobs', 'list', '--all')).not.toContainEqual(
        expect.objectContaining({ batchReference: 'again' }),
      );
    });

    it('tells what a file asks for before it is handed in', async () => {
      const file = join(directory, 'asked.pay');
      await writeFile(file, requestFile(2, 'asked-'));
      const ran = await run(['jobs', 'upload', file], {}, { ask: () => Promise.resolve(false) });
      expect(ran.complaint).toMatch(/charge what .*asked\.pay asks for: 2 \([\d,]+ won\)/);
    });
  });

  it('says why a batch that was uploaded twice waits, and lets it go by another person', async () => {
    const file = join(directory, 'twice.pay');
    await writeFile(file, requestFile(3, 'once-'));
    const { id: jobOfFirst } = await json('jobs', 'upload', file, '--yes');
    await writeFile(file, requestFile(3, 'once-').replaceAll(',once-', ',again-'));
    const uploaded = await run(['jobs', 'upload', file, '--yes']);
    const why = `3 of its 3 charges repeat a charge that was just made, by billing token, product and amount`;
    expect(uploaded.exitCode).toBe(7);
    expect(uploaded.output.replaceAll(/\s+/g, ' ')).toContain(why);
    const [{ id, subjectId }] = await json('approvals', 'list', '--state', 'Waiting', '--kind', 'upload');
    const asked: string[] = [];
    const ask = (question: string) => {
      asked.push(question);
      return Promise.resolve(true);
    };
    const lees = { MERCHANT_BILLING_API_KEY: SECOND_PERSONS_KEY };
    const agreed = await run(['approvals', 'approve', id, '--reason', 'they bought it again'], lees, { ask });
    expect(agreed.exitCode).toBe(0);
    expect(`${asked.join(' ')} ${agreed.complaint}`).toContain(`Needs a second person: ${why}`);
    expect(`${asked.join(' ')} ${agreed.complaint}`).toContain(`3 of job ${jobOfFirst}`);
    expect((await world.settled(subjectId)).result.settledAt).not.toBeNull();
  });

  it('sells, changes and bills a product, and takes and gives subscriptions as files', async () => {
    const product = await json(
      'products',
      'create',
      '홍차',
      '--store-id',
      'tea',
      '--carrier',
      '5,500',
      '--card',
      '1000',
    );
    expect(product.price).toEqual({
      amount: 6_500,
      carrierAmount: 5_500,
      creditCardAmount: 1_000,
      tmembershipAmount: 0,
    });
    expect(await json('products', 'change', product.id, '--name', '녹차', '--yes')).toMatchObject({ name: '녹차' });
    expect((await run(['products', 'list', '--active', 'true'])).output).toMatch(/tea +녹차 +6,500 won/);
    const token = join(directory, 'token');
    await writeFile(token, `${TOKEN_64}\n`);
    const { id } = await json(
      ...['subscriptions', 'create', '--customer', '고객 1', '--product', 'tea', '--start', '2027-01-05'],
      ...['--token-file', token, '--yes'],
    );
    expect(await json('subscriptions', 'change', id, '--carrier', '100', '--yes')).toMatchObject({
      price: { amount: 100 },
      priceOverridden: true,
    });
    const exported = join(directory, 'subscriptions.csv');
    expect((await run(['subscriptions', 'export', '--output', exported])).exitCode).toBe(0);
    expect(await readFile(exported, 'utf8')).toContain('고객 1');
    const file = join(directory, 'import.csv');
    const columns = 'customerReference,storeProductId,billingToken,startedOn';
    await writeFile(file, `${columns}\n고객 2,tea,${TOKEN_64},2027-01-05\n`);
    expect(await json('subscriptions', 'import', file, '--yes')).toMatchObject({ storedCount: 1 });
    expect(await json('subscriptions', 'cancel', id, '--when', 'now')).toMatchObject({ state: 'Canceled' });
  });

  it('reads the settlement log from a position, saves lists and files, and notes deliveries', async () => {
    const [first, second] = await json('settlement-log', 'list', '--limit', '2');
    expect(await json('settlement-log', 'list', '--after', first.position, '--limit', '1')).toEqual([second]);
    expect((await json('deliveries', 'list'))[0]).toMatchObject({ delivery: 'Due' });
    expect(await json('deliveries', 'acknowledge', first.position)).toEqual({ acknowledged: 1 });
    const saved = join(directory, 'charges.csv');
    expect(await run(['charges', 'list', '--output', saved])).toMatchObject({ exitCode: 0, output: '' });
    expect(await readFile(saved, 'utf8')).toContain('cli-2');
    const request = join(directory, 'request.pay');
    await run(['jobs', 'request-file', jobId, '--output', request]);
    expect((await stat(request)).mode & 0o077).toBe(0);
    expect(await readFile(request, 'utf8')).toContain('cli-1');
    expect(await run(['jobs', 'result-file', jobId, '--output', '/no/such/place'])).toMatchObject({ exitCode: 2 });
  });

  it('fits the terminal', async () => {
    for (const [width, lists] of [
      [80, ['jobs', 'charges', 'refunds', 'settlement-log', 'subscriptions', 'products', 'notifications']],
      [60, ['jobs', 'charges', 'refunds', 'keys', 'audit']],
      [120, ['jobs', 'charges', 'audit']],
    ] as const) {
      for (const list of lists) {
        const { output } = await run([list, 'list'], {}, { width });
        for (const line of output.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      }
    }
    expect((await run(['audit', 'list'], {}, { width: 80 })).output).toMatch(/^at +who +what +ended +reason/);
    expect((await run(['charges', 'list'], {}, { width: 80 })).output).toMatch(/^order number +state +amount +product/);
    for (const args of [['summary'], ['inquiry', '--order', 'cli-2']]) {
      const { output } = await run(args, {}, { width: 80 });
      for (const line of output.split('\n').slice(2)) expect(stringWidth(line)).toBeLessThanOrEqual(80);
    }
  });

  it('decides on a job in doubt', async () => {
    const { id } = await uploadInDoubt(world, requestFile(1, 'doubtful-'), 'submit-failing-before');
    expect(await json('jobs', 'list', '--in-doubt')).toMatchObject([{ id }]);
    const resolve = (...as: string[]) => run(['jobs', 'resolve', id, ...as, '--reason', 'T store said so', '--yes']);
    expect((await resolve('--gateway-job', 'J1', '--not-accepted')).exitCode).toBe(2);
    const asked = await resolve('--not-accepted');
    expect(asked.output).toMatch(/^state +Waiting$/m);
    // Whoever asked is told that it is not done.
    expect(asked).toMatchObject({
      exitCode: 7,
      complaint: expect.stringMatching(
        /waits for a second person, who says: npm run cli -- approvals approve \d+ --reason <text>/,
      ),
    });
    const [waiting] = await json('approvals', 'list', '--state', 'Waiting');
    expect(waiting).toMatchObject({ kind: 'job-doubt', subjectId: id });
    const approve = (environment?: NodeJS.ProcessEnv) =>
      run(['approvals', 'approve', waiting.id, '--reason', 'I asked too', '--yes'], environment);
    const own = await approve();
    expect(own).toMatchObject({ exitCode: 3, complaint: expect.stringContaining('second-person-required') });
    const others = await approve({ MERCHANT_BILLING_API_KEY: SECOND_PERSONS_KEY });
    expect(others.output).toMatch(/^state +Approved$/m);
    expect(await json('jobs', 'show', id)).toMatchObject({ state: 'Failed' });
    expect((await resolve('--not-accepted')).exitCode).toBe(3);
  });

  it('answers whether a customer was charged, how we know, and what may be done', async () => {
    const [answer] = await json('inquiry', '--order', 'cli-2');
    expect(answer).toMatchObject({ verdict: 'charged', charge: { orderNo: 'cli-2' } });
    const { output } = await run(['inquiry', '--transaction', answer.charge.transactionId]);
    expect(output).toContain(`cli-2: charged, ${answer.amountCharged.toLocaleString('en-US')} won`);
    expect(output).toMatch(/settled.*npm run cli -- settlement-log list --after \d+ --limit 1/);
    expect(output).toContain('npm run cli -- refund cli-2 --amount <won> --reason <text>');
    expect(output).not.toContain('/admin/v1');
    expect(await run(['inquiry', '--customer', 'nobody'])).toMatchObject({ exitCode: 4, output: '' });
  });

  it('tells the day and the month, and what is stuck', async () => {
    const { today } = await json('summary');
    const { output } = await run(['summary']);
    expect(output).toMatch(
      new RegExp(`paid by its line +${today.paid.count} \\(${today.paid.amount.toLocaleString('en-US')} won\\)`),
    );
    for (const words of ['- accepted as paid', '- accepted as declined', '- closed', '- open', 'collected in all']) {
      expect(output).toContain(`\n${words} `);
    }
    expect(output).toContain('Collected is what was paid by its line and what was accepted as paid');
    const [day] = await json('reports', 'daily', today.from);
    expect(day).toMatchObject({ day: today.from, balanced: true, paid: today.paid });
    const daily = (await run(['reports', 'daily', today.from, today.to])).output;
    for (const words of ['adds up', 'paid by its line', '- accepted as paid', '- closed', '- open']) {
      expect(daily).toContain(words);
    }
    expect(await run(['reports', 'daily', '2020-01-01', '2027-01-01'])).toMatchObject({ exitCode: 3 });
  });

  it('opens the run of a day once, and says of another try that it is there', async () => {
    const today = new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Seoul' });
    const first = await run(['runs', 'open', today, '--yes']);
    expect(first).toMatchObject({ exitCode: 0, complaint: '' });
    const again = await run(['runs', 'open', today, '--yes']);
    expect(again.exitCode).toBe(3);
    expect(again.complaint).toMatch(
      new RegExp(
        `^Already there: run \\d+ of ${today} \\(Planned\\), opened at .*\\. Nothing was opened\\. What .* is billed by the run of the next day\\.$`,
      ),
    );
  });

  it('says which address did not answer, and which settings it goes by', async () => {
    const { exitCode, complaint } = await run(['summary'], { MERCHANT_BILLING_URL: 'http://127.0.0.1:9' });
    expect(exitCode).toBe(5);
    expect(complaint).toMatch(/127\.0\.0\.1:9 did not answer.*\n.*PORT.*--url or MERCHANT_BILLING_URL/);
  });

  it('says that what answers is another program, not that something does not exist', async () => {
    const answers = [
      [404, 'application/json', '{"code":"NOT_FOUND","message":"No such address"}'],
      [200, 'text/html', '<html>'],
      [200, 'application/json', '{"status":"ok"}'],
    ] as const;
    for (const [status, type, body] of answers) {
      const other = createServer((_, response) => void response.writeHead(status, { 'content-type': type }).end(body));
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as AddressInfo;
      const ran = await run(['jobs', 'list'], { MERCHANT_BILLING_URL: `http://127.0.0.1:${port}` });
      other.closeAllConnections();
      await new Promise((resolve) => other.close(resolve));
      expect(ran).toMatchObject({ exitCode: 5, output: '' });
      expect(ran.complaint).toMatch(/not this service: --url or MERCHANT_BILLING_URL must be its own address/);
    }
  });

  it('hints at what fits the refusal: what is taken, and not the state of a thing that is none', async () => {
    const tea = ['products', 'create', '홍차', '--store-id', 'taken', '--carrier', '5,500'];
    expect((await run(tea)).exitCode).toBe(0);
    const again = await run(tea);
    expect(again).toMatchObject({ exitCode: 3, complaint: expect.stringContaining('duplicate-product') });
    expect(again.complaint).toContain('shows what is there; choose another name');
    expect(again.complaint).not.toContain('actions');
    const more = await run(['refund', 'cli-1', '--amount', '9,999,999', '--reason', 'r', '--yes']);
    expect(more.complaint).toMatch(/more than is left of cli-1: [\d,]+ won of [\d,]+ won/);
    const refused = await run(['runs', 'dry-run', 'tomorrow']);
    expect(refused.complaint).toMatch(/^Refused: Not valid: date\. \(invalid-request\)\n {2}date: /);
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
    const resolve = () => run(['line-stops', 'resolve', stop.id, '--reason', 'looked into', '--yes']);
    expect((await resolve()).output).toMatch(/^links.lineStop +.*line-stops/m);
    expect(await resolve()).toMatchObject({ exitCode: 3, complaint: expect.stringContaining('approval-open') });
  });

  it('makes keys with an owner, and lists what was changed, by whom and why', async () => {
    const { id, token } = await jsonWith(
      { MERCHANT_BILLING_API_KEY: BOOTSTRAP_KEY },
      ...['keys', 'create', 'laptop', '--role', 'operator', '--owner', 'Park@example.com'],
    );
    expect((await run(['keys', 'list'])).output).toContain('park@example.com');
    const environment = { MERCHANT_BILLING_API_KEY: token };
    await run(['kill-switch', 'release', '--yes', '--reason', 'audited'], environment);
    const [entry] = await json('audit', 'list', '--owner', 'park@example.com', '--resource', 'kill-switch');
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
    const before = await json('runs', 'list');
    expect(await json('runs', 'dry-run', '2027-01-01')).toMatchObject({
      billingDate: '2027-01-01',
      total: { count: 0 },
    });
    expect(await json('runs', 'list')).toEqual(before);
  });

  it.each([
    [['jobs', 'show', '999999'], 4, 'job-not-found'],
    [['runs', 'dry-run', 'tomorrow'], 3, 'date'],
    [['jobs', 'list', '--state', 'Lost'], 2, 'Lost'],
    [['jobs', 'resolve', '1', '--reason', 'r'], 2, '--not-accepted'],
    [['refund', 'cli-1'], 2, '--reason'],
    [['refund', 'cli-1', '--amount', '1.5', '--reason', 'r'], 2, 'whole number'],
    [['refund', 'cli-1', '--amount', '1,00', '--reason', 'r'], 2, '28,600'],
    [['refund', 'cli-1', '--reason', 'r', '--yes'], 2, '--all'],
    [['refund', 'cli-1', '--all', '--amount', '5', '--reason', 'r'], 2, '--all'],
    [['charges', 'list', '--output', 'charges.pdf'], 2, '.xlsx'],
    [['products', 'create', 'TV', '--store-id', '1'], 2, '--carrier'],
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
    const ran = await run(['--url', 'http://127.0.0.1:9', 'refund', 'cli-2', '--all', '--reason', 'r', '--yes']);
    expect(ran.exitCode).toBe(5);
    expect(ran.complaint).toMatch(/--idempotency-key [0-9a-f-]{36}/);
  });

  it('refuses without a key, and with one that is not known', async () => {
    expect(await run(['jobs', 'list'], { MERCHANT_BILLING_API_KEY: '' })).toMatchObject({ exitCode: 2 });
    const ran = await run(['jobs', 'list'], { MERCHANT_BILLING_API_KEY: 'not-a-key' });
    expect(ran).toMatchObject({ exitCode: 3 });
    expect(ran.complaint).not.toContain('not-a-key');
  });

  it('ends quietly when its reader has enough', async () => {
    const child = spawn(process.execPath, [join(__dirname, '../../dist/cli/main.js'), '--help']);
    let complaint = '';
    child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
  });

  it('is a program with help that tells all exit codes', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(__dirname, '../../dist/cli/main.js'), '--help'], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    for (const meaning of Object.values(EXIT_CODES)) expect(stdout).toContain(meaning);
  });
});
