import { createHash } from 'node:crypto';
import { open, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RefusedResults } from '../../src/bulk-payment';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED } from '../../src/kernel/step-report';
import { FileStore } from '../../src/platform/storage';
import { answersOf } from '../support/result-answers';
import { HEADER, fileBytes, goodFile } from '../support/result-file-model';
import { MERCHANT_ID, ResultWorld, STAGES, type Stage, type VerifiedJob } from '../support/result-world';

/** Two chunks of the encrypted file. */
const CHARGES = 500;

interface Stored {
  job: VerifiedJob;
  content: Buffer;
  name: string;
  path: string;
}

describe('a stored result file', () => {
  let world: ResultWorld;
  let jobs = 0;

  beforeAll(async () => {
    world = await ResultWorld.start();
  });

  afterAll(() => world.close());

  async function stored(mutate: (file: Buffer) => Buffer = (file) => file): Promise<Stored> {
    const prefix = `s${(jobs += 1)}-`;
    const answers = answersOf(prefix, CHARGES);
    const job = await world.verifiedJob(answers);
    const content = mutate(fileBytes(goodFile(MERCHANT_ID, answers)));
    world.gateway.serve(job.gatewayJobId, content);
    await expectDone('download');
    const name = (await world.row(job)).result_file_name ?? '';
    return { job, content, name, path: join(world.dataDirectory, name) };
  }

  async function expectDone(...stages: Stage[]): Promise<void> {
    for (const stage of stages) expect([stage, await world.run(stage)]).toEqual([stage, ONE_DONE]);
  }

  async function expectFetchedAgain({ job, name }: Stored, stage: Stage, why: RegExp): Promise<void> {
    expect(await world.run(stage)).toEqual(ONE_POSTPONED);
    const row = await world.row(job);
    expect(row).toMatchObject({ state: 'VerifiedCompleted', result_file_sha256: null, result_downloaded_at: null });
    expect(row.last_error).toMatch(why);
    expect(row.last_error).not.toContain(world.dataDirectory);
    expect(await world.end(job)).toEqual({ settlements: [], discrepancies: [], result: null });
    expect(await world.run('download')).toEqual(NOTHING_DUE);
    expect(await world.service.app.get(FileStore).exists(name)).toBe(false);
    world.clock.advanceSeconds(600);
    await expectDone(...STAGES);
    const end = await world.end(job);
    expect(end.settlements).toHaveLength(CHARGES);
    expect(end.discrepancies).toEqual([]);
  }

  it('is known by the SHA-256 of the bytes the gateway served, and stays so when it is applied', async () => {
    const { job, content } = await stored();
    await expectDone('load', 'reconcile', 'settle');
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect((await world.row(job)).result_file_sha256?.toString('hex')).toBe(sha256);
    expect((await world.end(job)).result).toMatchObject({ sha256, bytes: content.length, linesApplied: CHARGES });
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ['altered in one bit', (path) => alter(path, 300)],
    ['altered in one bit of its last chunk', (path) => alter(path, -1)],
    ['cut off', async (path) => writeFile(path, (await readFile(path)).subarray(0, 70_000))],
    ['emptied', (path) => writeFile(path, '')],
    ['removed', (path) => rm(path)],
  ])('that was %s is not used but fetched again, and the job ends as if nothing had been', async (_how, damage) => {
    const file = await stored();
    await damage(file.path);
    await expectFetchedAgain(file, 'load', /can’t be read \((ciphertext-invalid|ENOENT)\)/);
  });

  it('that was replaced by another of the same name is not the one downloaded', async () => {
    const file = await stored();
    await world.service.app.get(FileStore).write(file.name, [file.content.subarray(0, 70_000)] as never);
    await expectFetchedAgain(file, 'load', /not what was downloaded/);
  });

  it('that is damaged after it was loaded is noticed when the lines of discrepancies are kept', async () => {
    const file = await stored((content) => Buffer.concat([content.subarray(0, -1), Buffer.from(',surplus\n')]));
    await expectDone('load');
    world.gateway.serve(file.job.gatewayJobId, Buffer.from(file.content.toString().replace(',surplus\n', '\n')));
    await alter(file.path, -1);
    await expectFetchedAgain(file, 'reconcile', /can’t be read/);
  });

  it('that is refused again and again is fetched ever more rarely, and kept once', async () => {
    const file = await stored((content) => Buffer.from(content.toString().replace('tid,', 'other,')));
    const before = await readdir(join(world.dataDirectory, 'result-files'));
    const waits: number[] = [];
    for (let refused = 0; refused < 4; refused++) {
      if (refused > 0) await expectDone('download');
      expect(await world.run('load')).toEqual(ONE_POSTPONED);
      const { next_attempt_at } = await world.row(file.job);
      waits.push(Math.round(((next_attempt_at?.getTime() ?? 0) - world.clock.now().getTime()) / 1000));
      world.clock.advanceSeconds(600);
    }
    expect(waits).toEqual([5, 10, 20, 40]);
    expect(await readdir(join(world.dataDirectory, 'result-files'))).toEqual(before);
    const refused = world.service.app.get(RefusedResults);
    const [kept] = await refused.list(file.job.id);
    expect(kept).toMatchObject({ times: 4, mayBeReconciled: false, fileName: file.name });
    const why = { actor: 'test', reason: 'to see', sha256: kept?.sha256.toString('hex') ?? '' };
    // What stands in other columns would be read as something it is not.
    await expect(refused.reconcileAsIs(file.job.id, why)).rejects.toMatchObject({ code: 'state-conflict' });
    await world.forgetOpenJobs();
  });
});

describe('a result file without a line', () => {
  it('is no answer, until a person takes it as it is: then everything is missing', async () => {
    const world = await ResultWorld.start();
    try {
      const job = await world.verifiedJob(answersOf('none-', 3));
      world.gateway.serve(job.gatewayJobId, Buffer.from(`${HEADER}\n`));
      expect(await world.run('download')).toEqual(ONE_POSTPONED);
      const refused = world.service.app.get(RefusedResults);
      const [kept] = await refused.list(job.id);
      expect(kept).toMatchObject({ rowCount: 0, reason: '0 rows, 3 asked', mayBeReconciled: true });
      const sha256 = kept?.sha256.toString('hex') ?? '';
      await refused.reconcileAsIs(job.id, { actor: 'test', reason: 'T store has nothing else', sha256 });
      for (const stage of STAGES.slice(1)) expect([stage, await world.run(stage)]).toEqual([stage, ONE_DONE]);
      const { settlements, discrepancies } = await world.end(job);
      expect(settlements).toEqual([]);
      expect(discrepancies.map(({ kind }) => kind)).toEqual(['missing', 'missing', 'missing']);
    } finally {
      await world.close();
    }
  });
});

/** Turns one bit over. @param at byte of the file; negative counts from its end */
async function alter(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  const { size } = await file.stat();
  const position = at < 0 ? size + at : at;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, position);
  await file.write(Buffer.of((buffer[0] ?? 0) ^ 1), 0, 1, position);
  await file.close();
}
