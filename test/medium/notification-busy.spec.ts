import { Client } from 'pg';
import { ONE_DONE } from '../../src/kernel/step-report';
import { pnsMessage } from '../support/listener-world';
import { NotificationSender, type SentAnswer } from '../support/notification-sender';
import { answersOf } from '../support/result-answers';
import { fileBytes, goodFile } from '../support/result-file-model';
import { MERCHANT_ID, ResultWorld, STAGES } from '../support/result-world';

const LINES = 40_000;
const POOL_SIZE = 4;
const AT_ONCE = 20;

describe('the notification listener beside the work', () => {
  let world: ResultWorld;
  let pns: NotificationSender;
  let sent = 0;
  let refused = 0;

  beforeAll(async () => {
    const settings = { ROLE: 'listener,admin', DATABASE_POOL_SIZE: String(POOL_SIZE) };
    [world, pns] = await Promise.all([ResultWorld.start(undefined, settings), NotificationSender.start()]);
  });

  afterAll(async () => {
    await pns.close();
    await world.close();
  });

  /** Sends a round as PNS does. @returns the last answer to each, all of them good when none was given up */
  async function send(): Promise<SentAnswer[]> {
    const messages = Array.from({ length: AT_ONCE }, () => ({ body: pnsMessage(`beside-${(sent += 1)}`) }));
    const round = await pns.deliver(world.service, messages, { connections: 4, pauseMs: 5 });
    refused += round.refused;
    return round.answers;
  }

  async function expectAllAnswered(answers: readonly SentAnswer[]): Promise<void> {
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const [row] = await world.database.rows<{ count: number }>('SELECT count(*)::integer AS count FROM notification');
    expect(row?.count).toBe(sent);
    // A machine that is busy with others is too slow now and then; a listener that waits for the work is so all the time.
    expect(refused).toBeLessThan(sent);
  }

  it('answers while a large result is downloaded, loaded, reconciled and settled', async () => {
    const lines = answersOf('large-', LINES);
    const job = await world.verifiedJob(lines);
    world.gateway.serve(job.gatewayJobId, fileBytes(goodFile(MERCHANT_ID, lines)));
    const answers: SentAnswer[] = [];
    for (const stage of STAGES) {
      let done = false;
      const run = world.run(stage).finally(() => (done = true));
      do answers.push(...(await send()));
      while (!done);
      expect([stage, await run]).toEqual([stage, ONE_DONE]);
    }
    expect((await world.end(job)).result).toMatchObject({ linesApplied: LINES });
    await expectAllAnswered(answers);
  });

  it('answers while every other connection of the process is taken and work queues up', async () => {
    const gate = new Client({ connectionString: world.database.pool.options.connectionString });
    await gate.connect();
    await gate.query('SELECT pg_advisory_lock(1)');
    const holders = Array.from({ length: POOL_SIZE }, () => world.database.rows('SELECT pg_advisory_xact_lock(1)'));
    const work = [...STAGES.map((stage) => world.run(stage)), world.get('bulk-payment-jobs')];
    // They all wait until the gate goes.
    const answers = await send();
    await gate.end();
    await Promise.all([...holders, ...work]);
    await expectAllAnswered(answers);
  });
});
