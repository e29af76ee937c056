import fc from 'fast-check';
import { Client } from 'pg';
import { billingDateAfter, billingDateNotBefore, daysInMonth, seoulDate } from '../../src/kernel/seoul-calendar';
import { CENTURY_MONTHS, MONTHS, anchorDayIn, billingDays } from '../support/calendar-oracle';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const anchor = fc.integer({ min: 1, max: 31 });
const interval = fc.integer({ min: 1, max: 120 });
const month = fc.integer({ min: 0, max: CENTURY_MONTHS - 1 });
const runs = { numRuns: 2_000 };

describe('billing calendar over a hundred years', () => {
  it('knows the length of every month', () => {
    const lengths = MONTHS.map(([first = '']) => daysInMonth(Number(first.slice(0, 4)), Number(first.slice(5, 7))));
    expect(lengths).toEqual(MONTHS.map((days) => days.length));
  });

  it('bills every anchor in every month, each step taken from the day before', () => {
    for (let anchorDay = 1; anchorDay <= 31; anchorDay += 1) {
      const days = billingDays(0, 1, anchorDay);
      const walked = days.map((day) => billingDateAfter(seoulDate(day), 1, anchorDay));
      expect(walked.slice(0, -1)).toEqual(days.slice(1));
    }
  });

  it('bills any anchor at any interval from any month on as the calendar on the wall does', () => {
    fc.assert(
      fc.property(month, interval, anchor, (from, intervalMonths, anchorDay) => {
        const days = billingDays(from, intervalMonths, anchorDay);
        const walked = days
          .slice(1)
          .reduce<string[]>(
            (dates) => [...dates, billingDateAfter(seoulDate(dates.at(-1) as string), intervalMonths, anchorDay)],
            [days[0] as string],
          );
        expect(walked).toEqual(days);
      }),
      runs,
    );
  });

  it('takes two steps to the same day as one of twice the length', () => {
    fc.assert(
      fc.property(month, interval, interval, anchor, (from, first, second, anchorDay) => {
        const start = seoulDate(anchorDayIn(from, anchorDay));
        const stepped = billingDateAfter(billingDateAfter(start, first, anchorDay), second, anchorDay);
        expect(stepped).toBe(billingDateAfter(start, first + second, anchorDay));
      }),
      runs,
    );
  });

  it('finds the first billing day that is not before a day', () => {
    const anyDay = fc.constantFrom(...MONTHS.slice(0, CENTURY_MONTHS).flat());
    fc.assert(
      fc.property(month, interval, anchor, anyDay, (from, intervalMonths, anchorDay, earliest) => {
        const days = billingDays(from, intervalMonths, anchorDay).map(seoulDate);
        const found = billingDateNotBefore(seoulDate(earliest), days[0] as never, intervalMonths, anchorDay);
        expect(found).toBe(days.find((day) => day >= earliest));
      }),
      runs,
    );
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses an interval of %p months', (months) => {
    const day = seoulDate('2027-01-31');
    expect(() => billingDateNotBefore(day, day, months, 31)).toThrow(RangeError);
  });
});

describe('billing calendar in SQL over a hundred years', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('counts every interval from 1 to 120 months on every anchor as the calendar on the wall and the kernel do', async () => {
    for (let anchorDay = 1; anchorDay <= 31; anchorDay += 1) {
      const steps: { from: string; months: number; to: string }[] = [];
      for (let months = 1; months <= 120; months += 1) {
        const days = billingDays(months % 12, months, anchorDay);
        for (let at = 1; at < days.length; at += 1) {
          steps.push({ from: days[at - 1] as string, months, to: days[at] as string });
        }
      }
      const { rows } = await client.query<{ to: string }>(
        `SELECT billing_date_after(step.from_date, step.months, $3)::text AS to
         FROM unnest($1::date[], $2::int[]) WITH ORDINALITY AS step (from_date, months, n) ORDER BY n`,
        [steps.map((step) => step.from), steps.map((step) => step.months), anchorDay],
      );
      const expected = steps.map((step) => step.to);
      expect(rows.map((row) => row.to)).toEqual(expected);
      expect(steps.map((step) => billingDateAfter(seoulDate(step.from), step.months, anchorDay))).toEqual(expected);
    }
  });

  it('counts the same whatever zone the session keeps', async () => {
    for (const zone of ['Asia/Seoul', 'UTC', 'America/Los_Angeles', 'Pacific/Kiritimati']) {
      await client.query(`SET TIME ZONE '${zone}'`);
      const { rows } = await client.query<{ date: string }>(
        `SELECT billing_date_after(date '2028-01-31', months, 31)::text AS date FROM generate_series(0, 3) AS months`,
      );
      expect(rows.map((row) => row.date)).toEqual(['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30']);
    }
  });
});
