import { ONE_DONE } from '../../src/kernel/step-report';
import { bestRound, limitOn } from '../support/best-round';
import { pnsMessage } from '../support/listener-world';
import { NotificationSender, waits, type SentAnswer } from '../support/notification-sender';
import { answersOf } from '../support/result-answers';
import { fileBytes, goodFile } from '../support/result-file-model';
import { MERCHANT_ID, ResultWorld, STAGES } from '../support/result-world';

const LINES = 40_000;
const POOL_SIZE = 4;
const WELL_UNDER_A_SECOND_MS = 800;

describe('the notification listener beside the work', () => {
  let world: ResultWorld;
  let pns: NotificationSender;
  let sent = 0;

  beforeAll(async () => {
    const settings = { ROLE: 'listener,admin', DATABASE_POOL_SIZE: String(POOL_SIZE) };
    [world, pns] = await Promise.all([ResultWorld.start(undefined, settings), NotificationSender.start()]);
  });

  afterAll(async () => {
    await pns.close();
    await world.close();
  });

  /** Sends genuine messages, four at a time, until the work is done. */
  async function answersDuring(work: Promise<unknown>): Promise<SentAnswer[]> {
    let done = false;
    const ending = work.finally(() => (done = true));
    const answers: SentAnswer[] = [];
    do {
      const messages = Array.from({ length: 20 }, () => ({ body: pnsMessage(`beside-${(sent += 1)}`) }));
      answers.push(...(await pns.send(world.service, messages, { connections: 4, pauseMs: 5 })));
    } while (!done);
    await ending;
    return answers;
  }

  /** @returns how long the slowest hundredth had to wait at least, in milliseconds */
  async function p99OfAllAnswered(answers: readonly SentAnswer[]): Promise<number> {
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const [row] = await world.database.rows<{ count: number }>('SELECT count(*)::integer AS count FROM notification');
    expect(row?.count).toBe(sent);
    return waits(answers).p99Ms;
  }

  it('answers well under a second while a large result is downloaded, loaded, reconciled and settled', async () => {
    const limitMs = limitOn(WELL_UNDER_A_SECOND_MS, await answersDuring(Promise.resolve()));
    const p99Ms = await bestRound(limitMs, async (round) => {
      const lines = answersOf(`large-${round}-`, LINES);
      const job = await world.verifiedJob(lines);
      world.gateway.serve(job.gatewayJobId, fileBytes(goodFile(MERCHANT_ID, lines)));
      const answers: SentAnswer[] = [];
      for (const stage of STAGES) {
        const run = world.run(stage);
        answers.push(...(await answersDuring(run)));
        expect([stage, await run]).toEqual([stage, ONE_DONE]);
      }
      expect((await world.end(job)).result).toMatchObject({ linesApplied: LINES });
      return p99OfAllAnswered(answers);
    });
    expect(p99Ms).toBeLessThan(limitMs);
  }, 90_000);

  it('answers well under a second while every other connection of the process is taken and work queues up', async () => {
    const limitMs = limitOn(WELL_UNDER_A_SECOND_MS, await answersDuring(Promise.resolve()));
    const p99Ms = await bestRound(limitMs, async () => {
      const holders = Array.from({ length: POOL_SIZE }, () => world.database.rows('SELECT pg_sleep(1.5)'));
      const work = [...STAGES.map((stage) => world.run(stage)), world.get('bulk-payment-jobs')];
      const answers = await answersDuring(Promise.all(holders));
      await Promise.all(work);
      return p99OfAllAnswered(answers);
    });
    expect(p99Ms).toBeLessThan(limitMs);
  });
});
