import { billMonths } from '../../demo/many-months';
import { seoulDate } from '../../src/kernel/seoul-calendar';
import { Database } from '../../src/platform/database';
import { startTravelling, type TravellingBilling } from '../support/travelling-billing';

/** What `npm run demo -- --months` does, for fewer months and subscriptions. */
describe('months that are gone through day by day', () => {
  let billing: TravellingBilling;
  let database: Database;

  beforeAll(async () => {
    billing = await startTravelling(seoulDate('2028-01-01'), { simulator: { declineRate: 0.3 } });
    database = billing.service.app.get(Database);
  });

  afterAll(() => billing.close());

  it('add up to the won with the simulator’s book, whatever customers do and whatever goes wrong', async () => {
    const plan = { months: 2, subscriptions: 124, startsOn: seoulDate('2028-01-01') };
    const addsUp = await billMonths(billing, plan);
    expect({ addsUp, printed: addsUp ? [] : billing.lines }).toEqual({ addsUp: true, printed: [] });
    const months = billing.lines.filter((line) => /^ {2}(2028-0[12]|total) .*✔$/.test(line));
    expect(months).toHaveLength(3);
    // Sixty days, each with all the steps of a run: seconds, but many on a machine with other work.
  });

  it('have a run on each day, opened at the hour of the cron, and none on another', async () => {
    const [runs] = await database.rows(
      `SELECT count(*)::int AS count, min(billing_date)::text AS first, max(billing_date)::text AS last,
         count(*) FILTER (WHERE planned_at <> (billing_date + time '04:00') AT TIME ZONE 'Asia/Seoul')::int AS late
       FROM billing_run`,
    );
    expect(runs).toEqual({ count: 60, first: '2028-01-01', last: '2028-02-29', late: 0 });
  });

  it('bill every anchor on its own day, and those of the 31st on the 29th of a leap February', async () => {
    const rows = await database.rows<{ day: number; anchors: number[] }>(
      `SELECT extract(day FROM charge.period_start_on)::int AS day, array_agg(DISTINCT anchor_day ORDER BY anchor_day) AS anchors
       FROM charge JOIN subscription ON subscription.id = charge.subscription_id
       WHERE charge.attempt = 1 AND charge.period_start_on BETWEEN '2028-02-01' AND '2028-02-29'
       GROUP BY 1 ORDER BY 1`,
    );
    expect(rows.map((row) => row.day)).toEqual(Array.from({ length: 29 }, (_, index) => index + 1));
    expect(rows.at(-1)?.anchors).toEqual([29, 30, 31]);
    expect(rows.slice(0, -1).every((row) => row.anchors.join() === String(row.day))).toBe(true);
  });

  it('try declined charges again on their days, until they are paid or the subscription is canceled', async () => {
    const attempts = await database.rows<{ attempt: number; days: number }>(
      `SELECT DISTINCT attempt, days FROM (
         SELECT charge.attempt, run.billing_date - lag(run.billing_date) OVER (
           PARTITION BY charge.subscription_id, charge.period_start_on ORDER BY charge.attempt) AS days
         FROM charge JOIN bulk_payment_job AS job ON job.id = charge.bulk_payment_job_id
         JOIN billing_run AS run ON run.id = job.billing_run_id) AS attempts
       WHERE attempt > 1 ORDER BY attempt, days`,
    );
    expect(attempts).toEqual([
      { attempt: 2, days: 3 },
      { attempt: 3, days: 7 },
    ]);
    const [left] = await database.rows(
      `SELECT count(*) FILTER (WHERE state = 'Canceled') > 0 AS canceled,
         count(*) FILTER (
           WHERE state = 'PastDue' AND (retry_on IS NULL OR retry_on <= (SELECT max(billing_date) FROM billing_run))
         )::int AS forgotten FROM subscription`,
    );
    expect(left).toEqual({ canceled: true, forgotten: 0 });
  });
});
