import { SimulatorClock } from './clock';

const START_AT = Date.UTC(2026, 0, 31);

function pinned(onTaskError: (error: unknown) => void = () => undefined): SimulatorClock {
  return new SimulatorClock(START_AT, 0, onTaskError);
}

test('a pinned clock moves by hand only', async () => {
  const clock = pinned();
  expect(clock.now()).toBe(START_AT);
  await clock.advance(1500);
  expect(clock.now()).toBe(START_AT + 1500);
});

test('moving time does what falls due, in its order and each at its own instant', async () => {
  const clock = pinned();
  const done: string[] = [];
  const note = (name: string) => (): void => {
    done.push(`${name} ${clock.now() - START_AT}`);
  };
  clock.schedule(START_AT + 300, note('late'));
  clock.schedule(START_AT + 100, note('early'));
  clock.schedule(START_AT + 301, note('beyond'));
  expect(await clock.advance(300)).toBe(2);
  expect(done).toEqual(['early 100', 'late 300']);
});

test('what a task schedules within the span happens in the same move', async () => {
  const clock = pinned();
  const at: number[] = [];
  const again = (): void => {
    at.push(clock.now() - START_AT);
    if (at.length < 3) clock.schedule(clock.now() + 50, again);
  };
  clock.schedule(START_AT + 50, again);
  await clock.advance(120);
  expect(at).toEqual([50, 100]);
});

test('moving time waits for what it started', async () => {
  const clock = pinned();
  let finished = false;
  clock.schedule(START_AT + 1, async () => {
    await new Promise(setImmediate);
    finished = true;
  });
  await clock.advance(1);
  expect(finished).toBe(true);
});

test('a cancelled task does not happen, and one done early happens once', async () => {
  const clock = pinned();
  let count = 0;
  const add = (): void => {
    count += 1;
  };
  clock.schedule(START_AT + 10, add).cancel();
  const early = clock.schedule(START_AT + 10, add);
  await early.runNow();
  await early.runNow();
  await clock.advance(20);
  expect(count).toBe(1);
});

test('a task that fails is reported and stops no other', async () => {
  const errors: unknown[] = [];
  const clock = pinned((error) => errors.push(error));
  let reached = false;
  clock.schedule(START_AT + 1, () => {
    throw new Error('first');
  });
  clock.schedule(START_AT + 2, () => {
    reached = true;
  });
  await clock.advance(5);
  expect(errors).toEqual([new Error('first')]);
  expect(reached).toBe(true);
});

test('a fast clock does in an instant what is hours away', async () => {
  const clock = new SimulatorClock(START_AT, 3_600_000, () => undefined);
  const dueAt = START_AT + 3 * 3_600_000;
  const ranAt = await new Promise<number>((resolve) => {
    clock.schedule(dueAt, () => resolve(clock.now()));
  });
  expect(ranAt).toBeGreaterThanOrEqual(dueAt);
  clock.close();
});

test('the time never jumps when the factor changes', () => {
  const clock = new SimulatorClock(START_AT, 1000, () => undefined);
  clock.setFactor(0);
  const stoppedAt = clock.now();
  expect(stoppedAt).toBeGreaterThanOrEqual(START_AT);
  // However long this process is held up in between.
  const realMs = performance.now();
  clock.setFactor(1);
  expect(clock.now() - stoppedAt).toBeLessThanOrEqual(performance.now() - realMs);
  clock.close();
});

test('a closed clock does nothing more', async () => {
  const clock = pinned();
  let happened = false;
  const happen = (): void => {
    happened = true;
  };
  clock.schedule(START_AT + 1, happen);
  clock.close();
  clock.schedule(START_AT + 1, happen);
  await clock.advance(10);
  expect(happened).toBe(false);
});
