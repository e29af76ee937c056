import type { DataSource } from 'typeorm';
import { SeededRandom, seedOf } from '../../simulator/shared/seeded';
import { Clock, secondsAfter } from '../../src/platform/clock';
import { Database, openDataSource } from '../../src/platform/database';
import { Pacer, paceWithin } from '../../src/platform/pace';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const BEGINS_AT = new Date('2027-03-01T00:00:00Z');
const MINUTE_MS = 60_000;

/** Time that stands still until it is moved. */
class StandingClock extends Clock {
  at = BEGINS_AT;

  now(): Date {
    return this.at;
  }
}

describe('a pace that several keep together', () => {
  let test: TestDatabase;
  let dataSource: DataSource;
  let database: Database;

  beforeAll(async () => {
    test = await createTestDatabase();
    dataSource = await openDataSource({ url: test.url, poolSize: 3, entities: [] });
    database = new Database(dataSource);
  });

  afterAll(async () => {
    await dataSource.destroy();
    await test.drop();
  });

  it.each([7, 60, 600, 60_000])('is never above %i in any minute, and within a twentieth of it', async (perMinute) => {
    const clock = new StandingClock();
    const replicas = [1, 2, 3].map(() => new Pacer(database, clock));
    const random = new SeededRandom(seedOf('pace', perMinute));
    const taken: { ms: number; turns: number }[] = [];
    const minutes = perMinute < 60 ? 10 : 3;
    const endsAt = secondsAfter(BEGINS_AT, minutes * 60);
    while (clock.at < endsAt) {
      const pace = paceWithin(`within ${perMinute}`, perMinute);
      const turns = await Promise.all(replicas.map((pacer) => pacer.takeUpTo(pace, 1 + random.below(64))));
      const sum = turns.reduce((total, { taken: some }) => total + some, 0);
      taken.push({ ms: clock.at.getTime(), turns: sum });
      // As the loops do: at once where there were turns, else when the next is free.
      const freeAt = Math.min(...turns.map((one) => one.freeAt.getTime()));
      clock.at = new Date(Math.max(freeAt, clock.at.getTime() + 1 + random.below(40)));
    }
    for (const { ms: from } of taken) {
      const within = taken.filter(({ ms }) => ms >= from && ms < from + MINUTE_MS);
      expect(within.reduce((total, { turns }) => total + turns, 0)).toBeLessThanOrEqual(perMinute);
    }
    const total = taken.reduce((sum, { turns }) => sum + turns, 0);
    expect(total).toBeGreaterThanOrEqual(0.95 * perMinute * minutes);
  });

  it('gives as many turns as are free, and says when the next one is', async () => {
    const clock = new StandingClock();
    const pacer = new Pacer(database, clock);
    const pace = { name: 'some', perMinute: 60, burst: 5 };
    expect(await pacer.takeUpTo(pace, 3)).toEqual({ taken: 3, freeAt: secondsAfter(BEGINS_AT, -1) });
    expect(await pacer.takeUpTo(pace, 9)).toEqual({ taken: 2, freeAt: secondsAfter(BEGINS_AT, 1) });
    expect(await pacer.takeUpTo(pace, 1)).toEqual({ taken: 0, freeAt: secondsAfter(BEGINS_AT, 1) });
    expect(await pacer.take(pace)).toEqual(secondsAfter(BEGINS_AT, 1));
    clock.at = secondsAfter(BEGINS_AT, 2);
    expect(await pacer.takeUpTo(pace, 9)).toMatchObject({ taken: 2 });
    clock.at = secondsAfter(BEGINS_AT, 3_600);
    expect(await pacer.takeUpTo(pace, 9)).toMatchObject({ taken: 5 });
  });

  it('waits for no clock that was far ahead', async () => {
    const clock = new StandingClock();
    const pacer = new Pacer(database, clock);
    const pace = { name: 'skewed', perMinute: 60, burst: 1 };
    clock.at = secondsAfter(BEGINS_AT, 86_400);
    await pacer.take(pace);
    clock.at = BEGINS_AT;
    expect(await pacer.takeUpTo(pace, 1)).toMatchObject({ taken: 1 });
  });
});
