import { createHash } from 'node:crypto';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { openStop, resolvedByTwo } from '../support/doubt';
import { requestFile } from '../support/request-files';
import { send } from '../support/subscribers';
import { until } from '../support/until';

const ROWS = 10;
const LOOKED = { reason: 'T store says that this is all there is' };

describe('a result file that is not the whole answer, for good', () => {
  let world: BillingWorld;
  const logLines: string[] = [];
  let batch = 0;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { ALARM_AFTER_FAILURES: '3' }, logLines });
  });

  afterEach(() => world.simulator.control.disarmAllFaults());
  afterAll(() => world.close());

  const jobOf = async (id: string): Promise<JsonBody> => (await world.get(`bulk-payment-jobs/${id}`)).body;
  const refusedOf = async (id: string): Promise<JsonBody[]> =>
    (await world.get(`bulk-payment-jobs/${id}/refused-result-files`)).body.items;
  const take = (id: string, body: object) => send(world, 'POST', `bulk-payment-jobs/${id}/reconcile-as-is`, body);
  const waiting = async (): Promise<number> =>
    (await world.get('summary')).body.stuck.find(({ kind }: JsonBody) => kind === 'results-refused')?.count ?? 0;
  const told = (id: string): number =>
    logLines.filter((line) => line.includes('stage keeps failing') && line.includes(`"jobId":"${id}"`)).length;

  async function upload(): Promise<string> {
    return (await world.upload(requestFile(ROWS, `r${++batch}-`))).body.id;
  }

  /** Waits until so many result files of the job were refused, letting time pass for each. */
  async function refused(id: string, times: number): Promise<JsonBody> {
    for (let time = 1; time <= times; time += 1) {
      await until(`a result of job ${id} is refused ${time} time(s)`, async () => {
        await world.simulator.control.deliverNotifications();
        return (await jobOf(id)).retry?.attempts >= time || undefined;
      });
      if (time < times) world.clock.advanceSeconds(700);
    }
    return jobOf(id);
  }

  it('is kept and shown, told of once, and settles what is good when a person takes it as it is', async () => {
    world.simulator.control.armFault({ kind: 'result-lines-missing', share: 1, options: { lines: 2 } });
    const id = await upload();
    const first = await refused(id, 1);
    expect(first).toMatchObject({ state: 'VerifiedCompleted', result: null, actions: ['reconcile-as-is'] });
    expect(first.retry.error).toContain('8 rows, 10 asked');
    expect(told(id)).toBe(0);
    await refused(id, 4);
    await until('a person is told', () => Promise.resolve(told(id) || undefined));
    expect(told(id)).toBe(1);
    expect(await waiting()).toBe(1);

    const [charge] = (await world.get(`bulk-payment-jobs/${id}/charges`)).body.items;
    const [asked] = (await world.get(`inquiry?orderNo=${charge.orderNo}`)).body.items;
    expect(asked.verdict).toBe('not-known');
    expect(asked.because).toMatch(
      /^T store answered, and its result file was refused \d+ time\(s\): .*8 rows, 10 asked/,
    );
    expect(asked.actions).toContainEqual({
      action: 'reconcile-as-is',
      method: 'POST',
      href: `/admin/v1/bulk-payment-jobs/${id}/reconcile-as-is`,
    });

    // Of four files the first and the latest are kept.
    const kept = await refusedOf(id);
    expect(kept).toHaveLength(2);
    expect(kept[0]).toMatchObject({ lines: 8, reason: '8 rows, 10 asked', mayBeReconciled: true, times: 1 });
    const file = await world.get(kept[0].link.replace('/admin/v1/', ''));
    expect(file.status).toBe(200);
    expect(createHash('sha256').update(file.body).digest('hex')).toBe(kept[0].sha256);

    const { sha256 } = kept[1];
    expect((await take(id, { sha256 })).status).toBe(400);
    expect((await take(id, { ...LOOKED, sha256: 'what?' })).status).toBe(400);
    const wrong = '0'.repeat(64);
    const notKept = {
      status: 404,
      body: { code: 'file-not-kept', retryable: false, detail: expect.stringContaining(wrong) },
    };
    expect(await take(id, { ...LOOKED, sha256: wrong })).toMatchObject(notKept);
    expect(await world.get(`bulk-payment-jobs/${id}/refused-result-files/${wrong}/file`)).toMatchObject(notKept);
    expect((await take('99999', { ...LOOKED, sha256 })).body.code).toBe('job-not-found');
    expect(await take(id, { ...LOOKED, sha256 })).toMatchObject({ status: 200, body: { retry: null } });

    const settled = await world.settled(id);
    expect(settled.result).toMatchObject({ sha256, lines: 8, takenAsIsAt: expect.any(String) });
    expect(settled.result.totals).toMatchObject({ paid: { count: 8 }, missing: { count: 2 } });
    expect(settled.discrepancies.open).toBe(2);
    expect(settled.history.at(-1)).toMatchObject({
      cause: `result file ${sha256.slice(0, 12)} taken as it is: 8 rows, 10 asked`,
      reason: LOOKED.reason,
    });
    expect(await take(id, { ...LOOKED, sha256: kept[0].sha256 })).toMatchObject({ status: 409 });
    expect((await refusedOf(id)).map((one) => one.sha256)).toEqual([kept[0].sha256]);
    expect(await waiting()).toBe(0);
  });

  it('of which the same content comes again and again is kept once', async () => {
    world.simulator.control.armFault({ kind: 'result-truncated', share: 1 });
    const id = await upload();
    await refused(id, 3);
    expect(await refusedOf(id)).toMatchObject([{ times: 3 }]);
    world.simulator.control.disarmAllFaults();
    world.clock.advanceSeconds(700);
    expect((await world.settled(id)).result).toMatchObject({ totals: { paid: { count: ROWS } }, takenAsIsAt: null });
  });

  it('taken with lines that were charged twice settles the others, and stops the line', async () => {
    world.simulator.control.armFault({ kind: 'result-lines-charged-twice', share: 1 });
    const id = await upload();
    await refused(id, 1);
    const [file] = await refusedOf(id);
    expect(file).toMatchObject({ lines: ROWS + 1 });
    await take(id, { ...LOOKED, sha256: file.sha256 });
    const stop = await openStop(world, 'charged-twice');
    expect(stop).toMatchObject({ jobId: id });
    await resolvedByTwo(world, stop.id, { reason: 'T store gave one back' });
    const { result, discrepancies } = await world.settled(id);
    expect(result.totals).toMatchObject({ paid: { count: ROWS - 1 }, quarantined: { count: 1 } });
    expect(discrepancies.open).toBe(2);
  });

  it('only for blanks at its end is none: such lines are no rows', async () => {
    world.simulator.control.armFault({ kind: 'result-blank-lines', options: { lines: 3, blanks: 9 } });
    const settled = await world.settled(await upload());
    expect(settled.result).toMatchObject({ lines: ROWS, totals: { paid: { count: ROWS } } });
  });
});
