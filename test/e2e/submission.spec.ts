import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { requestFile } from '../support/request-files';
import { until } from '../support/until';

describe('submitting once, whatever breaks', () => {
  let world: BillingWorld;
  let batch = 0;

  beforeAll(async () => {
    // Jobs complete when a test says so, not while it looks.
    world = await startWorld({ simulator: { declineRate: 0, processingDelayMs: 3_600_000 } });
  });

  afterAll(() => world.close());

  async function upload(): Promise<{ jobId: string; prefix: string }> {
    const prefix = `b${++batch}-`;
    const { body } = await world.upload(requestFile(3, prefix));
    return { jobId: body.id, prefix };
  }

  async function jobWhen(jobId: string, holds: (job: JsonBody) => boolean): Promise<JsonBody> {
    return until(`job ${jobId} is as expected`, async () => {
      const { body } = await world.get(`bulk-payment-jobs/${jobId}`);
      return holds(body) ? body : undefined;
    });
  }

  /** How often the gateway accepted the first order of a batch. */
  async function timesAccepted(prefix: string): Promise<number> {
    return (await world.simulator.control.bookOfOrder(`${prefix}0`)).length;
  }

  it.each(['submit-answer-lost', 'submit-failing-after'] as const)(
    'a job whose answer was lost (%s) stays in doubt, is not sent again, and is healed by its notification',
    async (kind) => {
      world.simulator.control.armFault({ kind });
      const { jobId, prefix } = await upload();
      const doubtful = await jobWhen(jobId, (job) => job.submission?.doubt);
      expect(doubtful).toMatchObject({ state: 'Processing', inDoubt: true });
      expect(doubtful.submission.gatewayJobId).toBeNull();

      world.clock.advanceSeconds(86_400);
      const settled = await world.settled(jobId);
      expect(settled).toMatchObject({ state: 'VerifiedCompleted', inDoubt: false });
      expect(settled.result.totals.paid).toEqual({ count: 3, amount: 3_003 });
      expect(await timesAccepted(prefix)).toBe(1);
    },
  );

  it('a job the gateway failed at before accepting it is in doubt too, and stays so', async () => {
    world.simulator.control.armFault({ kind: 'submit-failing-before' });
    const { jobId, prefix } = await upload();
    await jobWhen(jobId, (job) => job.submission?.doubt);
    world.clock.advanceSeconds(86_400);
    await world.simulator.control.deliverNotifications();
    const other = await upload();
    await world.settled(other.jobId);
    const job = (await world.get(`bulk-payment-jobs/${jobId}`)).body;
    expect(job).toMatchObject({ state: 'Processing', inDoubt: true });
    expect(await timesAccepted(prefix)).toBe(0);
  });

  it.each([
    ['429', {}],
    ['429 with a code that else means no', { resultCode: '8500' }],
    ['400 with a code nobody knows', { status: 400, resultCode: '4711' }],
    ['200 with a code nobody knows', { status: 200, resultCode: '4711' }],
  ])(
    'a job that was taken though the answer was %s is in doubt, not refused, and is healed',
    async (_name, options) => {
      world.simulator.control.armFault({ kind: 'submit-refused-after', options });
      const { jobId, prefix } = await upload();
      const doubtful = await jobWhen(jobId, (job) => job.submission?.doubt);
      expect(doubtful).toMatchObject({ state: 'Processing', inDoubt: true });
      expect(doubtful.submission.doubt).toContain('Too many requests');
      expect((await world.settled(jobId)).result.totals.paid).toEqual({ count: 3, amount: 3_003 });
      expect(await timesAccepted(prefix)).toBe(1);
    },
  );

  it('a refused job fails with the gateway’s reason, and its charges stay as they were', async () => {
    world.simulator.control.armFault({ kind: 'submit-refused' });
    const { jobId, prefix } = await upload();
    const failed = await jobWhen(jobId, (job) => job.state === 'Failed');
    expect(failed.failureReason).toContain('Refused on request');
    expect(failed.history.at(-1)).toMatchObject({ fromState: 'Processing', toState: 'Failed' });
    const { body: charges } = await world.get(`bulk-payment-jobs/${jobId}/charges`);
    expect(charges.items.map((charge: { state: string }) => charge.state)).toEqual(Array(3).fill('Submitted'));
    expect(await timesAccepted(prefix)).toBe(0);
  });

  it('a revoked token is replaced, and the job sent with the new one, once', async () => {
    const issued = world.simulator.control.tokensIssued();
    world.simulator.control.revokeTokens();
    const { jobId, prefix } = await upload();
    const withdrawn = await jobWhen(jobId, (job) => job.history.length >= 3);
    expect(withdrawn.history.map((entry: { toState: string }) => entry.toState).slice(0, 3)).toEqual([
      'Created',
      'Processing',
      'Created',
    ]);
    world.clock.advanceSeconds(60);
    await world.settled(jobId);
    expect(world.simulator.control.tokensIssued()).toBe(issued + 1);
    expect(await timesAccepted(prefix)).toBe(1);
  });

  it('a notification that overtakes the submission’s answer is taken', async () => {
    world.simulator.control.armFault({ kind: 'notification-before-answer' });
    const { jobId, prefix } = await upload();
    const settled = await world.settled(jobId);
    expect(settled.submission.resultCode).toBe('0000');
    expect(settled.result.totals.paid.count).toBe(3);
    expect(await timesAccepted(prefix)).toBe(1);
  });
});

describe('a request file that was altered on disk', () => {
  it('is not sent: the job says so and stays Created', async () => {
    const world = await startWorld({ environment: { TSTORE_API_BASE_URL: 'http://127.0.0.1:1' } });
    try {
      const { body } = await world.upload(requestFile(2, 'altered-'));
      await until('the job waits for its next attempt', async () => {
        const answer = await world.get(`bulk-payment-jobs/${body.id}`);
        return answer.body.state === 'Created' && answer.body.retry ? true : undefined;
      });
      const folder = join(world.dataDirectory, 'request-files');
      const path = join(folder, (await readdir(folder))[0] ?? '');
      const bytes = await readFile(path);
      bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
      await writeFile(path, bytes);
      world.clock.advanceSeconds(3_600);
      const job = await until('the altered file was noticed', async () => {
        const answer = await world.get(`bulk-payment-jobs/${body.id}`);
        return /altered/.test(answer.body.retry?.error ?? '') ? answer.body : undefined;
      });
      expect(job).toMatchObject({ state: 'Created', submission: null });
    } finally {
      await world.close();
    }
  });
});

describe('a gateway that can’t be reached', () => {
  it('is tried again later, because nothing was sent', async () => {
    const world = await startWorld({ environment: { TSTORE_API_BASE_URL: 'http://127.0.0.1:1' } });
    try {
      const { body } = await world.upload(requestFile(2, 'nowhere-'));
      const job = await until('the job was withdrawn', async () => {
        const answer = await world.get(`bulk-payment-jobs/${body.id}`);
        return answer.body.history.length >= 3 && answer.body.retry ? answer.body : undefined;
      });
      expect(job).toMatchObject({ state: 'Created', inDoubt: false, submission: null });
      expect(job.retry.attempts).toBeGreaterThanOrEqual(1);
    } finally {
      await world.close();
    }
  });
});
