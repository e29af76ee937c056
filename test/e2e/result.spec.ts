import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { TOKEN_64, TOKEN_96, requestFile, sampleFile } from '../support/request-files';
import { until } from '../support/until';

describe('notifications and results that are not as they should be', () => {
  let world: BillingWorld;
  const logLines: string[] = [];
  let batch = 0;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, logLines });
  });

  afterAll(() => world.close());

  async function upload(count = 6): Promise<string> {
    const { body } = await world.upload(requestFile(count, `r${++batch}-`));
    return body.id;
  }

  async function findings(jobId: string): Promise<Record<string, number>> {
    const job = await world.settled(jobId);
    return job.result.findings;
  }

  it.each([
    'notification-form-encoded',
    'notification-unknown-members',
    'notification-initialized-first',
    'notification-burst',
    'notification-missing-member',
    'notification-content-type',
  ] as const)('%s is taken like any other', async (kind) => {
    world.simulator.control.armFault({ kind });
    const job = await world.settled(await upload());
    expect(job.state).toBe('VerifiedCompleted');
    expect(job.result.totals.paid.count).toBe(6);
  });

  it('a notification PNS disowns puts the job back, and the genuine one completes it', async () => {
    world.simulator.control.armFault({ kind: 'verify-refused' });
    const job = await world.settled(await upload());
    const states = job.history.map((entry: { toState: string }) => entry.toState);
    expect(states).toEqual(['Created', 'Processing', 'Completed', 'Processing', 'Completed', 'VerifiedCompleted']);
  });

  it.each([
    ['verify-unavailable', {}],
    ['verify-cut', {}],
    ['verify-answer-lost', {}],
    ['verify-refused', { status: 429 }],
    ['verify-refused', { resultCode: '4711' }],
  ] as const)('%s %p is asked again', async (kind, options) => {
    world.simulator.control.armFault({ kind, options });
    const jobId = await upload();
    await until('verification was tried', async () => {
      await world.simulator.control.deliverNotifications();
      return world.simulator.control.faults().at(-1)?.struck === 1 || undefined;
    });
    world.clock.advanceSeconds(600);
    expect((await world.settled(jobId)).state).toBe('VerifiedCompleted');
  });

  it.each([
    ['result-truncated', {}],
    ['result-truncated', { midCharacter: true }],
    ['result-cut', {}],
    ['result-failing', {}],
    ['result-json', {}],
    ['result-lines-missing', {}],
    ['result-lines-doubled', {}],
  ] as const)('%s %j is fetched again and never half applied', async (kind, options) => {
    world.simulator.control.armFault({ kind, options });
    const jobId = await upload();
    const postponed = await until('the download was postponed', async () => {
      await world.simulator.control.deliverNotifications();
      const { body } = await world.get(`bulk-payment-jobs/${jobId}`);
      return body.retry === null ? undefined : body;
    });
    expect(postponed).toMatchObject({ state: 'VerifiedCompleted', result: null });
    world.clock.advanceSeconds(600);
    expect(await findings(jobId)).toEqual({ 'matched-paid': 6 });
  });

  it.each([
    ['result-amount-altered', { 'matched-paid': 5, 'amount-mismatch': 1 }],
    ['result-product-altered', { 'matched-paid': 5, 'identity-mismatch': 1 }],
    ['result-columns-wrong', { 'matched-paid': 5, malformed: 1 }],
    ['result-crlf', { 'matched-paid': 6 }],
    ['result-bom', { 'matched-paid': 6 }],
    ['result-without-header', { 'matched-paid': 6 }],
  ] as const)('%s gives exactly its findings', async (kind, expected) => {
    world.simulator.control.armFault({ kind });
    const jobId = await upload();
    expect(await findings(jobId)).toEqual(expected);
    const { body } = await world.get(`bulk-payment-jobs/${jobId}/discrepancies`);
    const kinds = Object.keys(expected).filter((finding) => finding !== 'matched-paid');
    expect(body.items.map((item: { kind: string }) => item.kind).sort()).toEqual(kinds.sort());
  });

  it('an event nothing acts on is kept, answered and left alone', async () => {
    const message = { notifyVersion: '1.0', event: 'singlePayment', status: 'completed', jobId: 'x', updateTime: '1' };
    const answer = await fetch(`${world.service.url}/noti_listener`, { method: 'POST', body: JSON.stringify(message) });
    expect(await answer.json()).toEqual({ resultCode: '0000', resultMsg: 'SUCCESS' });
    const database = world.service.app.get(Database);
    const row = await until('it was set aside', async () => {
      const [found] = await database.rows<{ state: string; last_error: string | null; next_attempt_at: Date | null }>(
        "SELECT state, last_error, next_attempt_at FROM notification WHERE event = 'singlePayment'",
      );
      return found?.last_error == null ? undefined : found;
    });
    expect(row).toEqual({ state: 'Received', last_error: 'nothing here acts on this event', next_attempt_at: null });
  });

  it('another job’s file of as many lines settles nothing and is fetched again, ever more rarely', async () => {
    await world.settled(await upload());
    world.simulator.control.armFault({ kind: 'result-other-job', times: 2 });
    const jobId = await upload();
    const waits: number[] = [];
    for (const refused of [1, 2]) {
      const job = await until('the file was refused', async () => {
        await world.simulator.control.deliverNotifications();
        const { body } = await world.get(`bulk-payment-jobs/${jobId}`);
        const downloads = world.simulator.control.faults().at(-1)?.struck;
        const waits = body.retry !== null && Date.parse(body.retry.at) > world.clock.now().getTime();
        return downloads === refused && waits ? body : undefined;
      });
      expect(job).toMatchObject({ state: 'VerifiedCompleted', result: null });
      expect(job.retry.error).toContain('answers no charge of this job');
      waits.push(Date.parse(job.retry.at) - world.clock.now().getTime());
      const { body } = await world.get(`bulk-payment-jobs/${jobId}/discrepancies`);
      expect(body.items).toEqual([]);
      world.clock.advanceSeconds(600);
    }
    expect(waits[1]).toBeGreaterThan(waits[0] as number);
    expect(await findings(jobId)).toEqual({ 'matched-paid': 6 });
  });

  it('doubled and missing lines at once leave their charges alone', async () => {
    world.simulator.control.armFault({ kind: 'result-lines-doubled' });
    world.simulator.control.armFault({ kind: 'result-lines-missing' });
    const jobId = await upload();
    const job = await world.settled(jobId);
    const { paid, missing, quarantined } = job.result.totals;
    expect(paid.count + missing.count + quarantined.count).toBe(6);
    const { body } = await world.get(`bulk-payment-jobs/${jobId}/charges`);
    const settled = body.items.filter((charge: { state: string }) => charge.state === 'Paid');
    expect(settled).toHaveLength(paid.count);
  });

  it('keeps no token in clear: not in the database, not on disk, not in the log', async () => {
    const { body } = await world.upload(sampleFile('secret-'));
    await world.settled(body.id);
    const client = new Client({ connectionString: world.database.url });
    await client.connect();
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'staging')`,
    );
    let dump = '';
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`);
      dump += rows.map(({ row }) => row).join('\n');
    }
    await client.end();
    const log = logLines.join('\n');
    expect(dump).toContain('secret-1111');
    expect(log.length).toBeGreaterThan(1_000);
    const accessTokens = world.simulator.control.calls().map((call) => JSON.stringify(call));
    expect(accessTokens.length).toBeGreaterThan(0);
    for (const secret of [
      TOKEN_64,
      TOKEN_96,
      'demo-secret+/=',
      Buffer.from('demo-client:demo-secret+/=').toString('base64'),
    ]) {
      const asBytes = Buffer.from(secret).toString('hex');
      expect(dump.includes(secret) || dump.includes(asBytes)).toBe(false);
      expect(log).not.toContain(secret);
    }
    // What is there instead: the token's hash.
    expect(dump).toContain(createHash('sha256').update(TOKEN_64).digest('hex'));
  });
});
