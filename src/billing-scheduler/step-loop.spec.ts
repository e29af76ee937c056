import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../kernel/step-report';
import type { Logger } from '../platform/logging';
import { StepLoop } from './step-loop';

/** A step whose pieces end when the test says so. */
class Work {
  readonly name = 'work';
  readonly makesDue: string[] = [];
  readonly atWork: ((report: StepReport) => void)[] = [];
  readonly warnings: string[] = [];
  due = 0;
  done = 0;
  schemaFits = true;
  readonly restMs?: number;
  successes = 0;
  readonly loop: StepLoop;

  constructor(
    readonly width = 1,
    restMs?: number,
  ) {
    if (restMs !== undefined) this.restMs = restMs;
    const logger = { warn: (message: string) => this.warnings.push(message) } as unknown as Logger;
    const health = { succeeded: async () => void (this.successes += 1), failed: () => Promise.resolve() };
    this.loop = new StepLoop(this, logger, () => (this.done += 1), health, {
      fits: () => Promise.resolve(this.schemaFits),
    });
  }

  async runOnce(claimed?: OnClaimed): Promise<StepReport> {
    await Promise.resolve();
    if (this.due === 0) return NOTHING_DUE;
    this.due -= 1;
    claimed?.();
    return new Promise((resolve) => this.atWork.push(resolve));
  }

  async call(due: number): Promise<void> {
    this.due += due;
    this.loop.call();
    await settled();
  }

  async end(piece: number, report: StepReport): Promise<void> {
    this.atWork.splice(piece, 1)[0]?.(report);
    await settled();
  }
}

/** Until all that can go on by itself has. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('StepLoop', () => {
  it('does one piece after the other where the step has no width', async () => {
    const work = new Work();
    await work.call(3);
    expect(work.atWork).toHaveLength(1);
    await work.end(0, ONE_DONE);
    await work.end(0, ONE_POSTPONED);
    expect(work.atWork).toHaveLength(1);
    expect([work.due, work.done]).toEqual([0, 1]);
  });

  it('has as many pieces at work as the step is wide, and no more', async () => {
    const work = new Work(3);
    await work.call(5);
    expect([work.atWork.length, work.due]).toEqual([3, 2]);
    await work.end(1, ONE_DONE);
    expect([work.atWork.length, work.due]).toEqual([3, 1]);
  });

  it('goes on with what comes while a piece hangs', async () => {
    const work = new Work(2);
    await work.call(1);
    for (let piece = 0; piece < 50; piece += 1) {
      await work.call(1);
      expect(work.atWork).toHaveLength(2);
      await work.end(1, ONE_DONE);
    }
    expect([work.done, work.due]).toEqual([50, 0]);
  });

  it('remembers a call that comes while all are at work', async () => {
    const work = new Work(1);
    await work.call(1);
    await work.call(1);
    await work.end(0, NOTHING_DUE);
    expect(work.atWork).toHaveLength(1);
  });

  it('rests after work where the step says so, and then looks for what came meanwhile', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    try {
      const work = new Work(1, 500);
      await work.call(1);
      await work.end(0, ONE_DONE);
      await work.call(1);
      jest.advanceTimersByTime(499);
      await settled();
      expect([work.atWork.length, work.due]).toEqual([0, 1]);
      jest.advanceTimersByTime(1);
      await settled();
      expect([work.atWork.length, work.due]).toEqual([1, 0]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('takes nothing and reports nothing while the schema is of a newer version, and goes on when it fits again', async () => {
    const work = new Work(2);
    await work.call(1);
    work.schemaFits = false;
    const { successes } = work;
    await work.end(0, ONE_DONE);
    await work.call(2);
    expect([work.atWork.length, work.due, work.done, work.successes]).toEqual([0, 2, 1, successes]);
    work.schemaFits = true;
    await work.call(0);
    expect([work.atWork.length, work.due]).toEqual([2, 0]);
  });

  it('lets what is in hand finish when it stops, and takes nothing else', async () => {
    const work = new Work(2);
    await work.call(3);
    const stopped = work.loop.stop(60_000);
    await work.end(0, ONE_DONE);
    await work.end(0, ONE_DONE);
    await stopped;
    await work.call(0);
    expect([work.done, work.due, work.warnings.length]).toEqual([2, 1, 0]);
  });

  it('leaves to its lease what does not finish, and says so', async () => {
    const work = new Work(2);
    await work.call(1);
    await work.loop.stop(1);
    expect(work.warnings).toEqual(['work left to its lease']);
  });
});
