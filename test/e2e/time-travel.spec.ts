import { randomBytes } from 'node:crypto';
import { readConfiguration } from '../../src/config';
import { seoulDate, startOfSeoulDay } from '../../src/kernel/seoul-calendar';
import { Clock, secondsAfter } from '../../src/platform/clock';
import { Database } from '../../src/platform/database';
import { startService } from '../../src/service';
import { TimeTravel } from '../../demo/time-travel';
import { requestFile } from '../support/request-files';
import { serviceEnvironment } from '../support/service-environment';
import { startTravelling, type TravellingBilling } from '../support/travelling-billing';
import { until } from '../support/until';

const START = seoulDate('2028-02-28');
const MINUTE = 60;
const HOUR = 3_600;
const DAY = 24 * HOUR;

describe('time that is moved for service and simulator together', () => {
  let billing: TravellingBilling;
  let travel: TimeTravel;

  beforeAll(async () => {
    billing = await startTravelling(START, { simulator: { declineRate: 0 }, settings: { BILLING_CRON: 'none' } });
    travel = new TimeTravel(billing.service, billing.simulator);
  });

  afterAll(() => billing.close());

  const later = (seconds: number): Promise<void> => travel.to(secondsAfter(travel.now(), seconds));

  async function upload(name: string): Promise<string> {
    const { id } = await billing.client.upload(requestFile(2, name), name);
    await later(0);
    return id;
  }

  const stateOf = async (id: string): Promise<string> => (await billing.client.job(id)).state;

  it('keeps both at one instant, wherever it is moved to', async () => {
    const clock = billing.service.app.get(Clock);
    for (const seconds of [1, DAY, 400 * DAY]) {
      await later(seconds);
      expect(clock.now().getTime()).toBe(billing.simulator.control.now());
    }
  });

  it('lets a token expire: the next call asks for a new one, and none is refused', async () => {
    const { control } = billing.simulator;
    await upload('first');
    await later(HOUR);
    const issued = control.tokensIssued();
    await upload('same-token');
    await later(HOUR);
    expect(control.tokensIssued()).toBe(issued);
    await later(11 * HOUR);
    await upload('new-token');
    await later(HOUR);
    expect(control.tokensIssued()).toBe(issued + 1);
    expect(control.calls().filter((call) => call.status === 401)).toEqual([]);
    expect(await travel.isSettled()).toBe(true);
  });

  it('repeats a verification that failed within the window of 30 minutes, and not before time moves', async () => {
    const { control } = billing.simulator;
    control.armFault({ kind: 'verify-unavailable', times: 3 });
    const id = await upload('verify');
    await later(25 * MINUTE);
    expect(await stateOf(id)).toBe('Completed');
    const failed = control.calls().length;
    await later(0);
    expect([await stateOf(id), control.calls().length]).toEqual(['Completed', failed]);
    for (let minutes = 0; minutes < 29 && !(await travel.isSettled()); minutes += 1) await later(MINUTE);
    expect(await stateOf(id)).toBe('VerifiedCompleted');
    expect(control.notifications().at(-1)?.attempts).toHaveLength(1);
  });

  it('sends a lost notification again, which finds its job', async () => {
    const { control } = billing.simulator;
    control.armFault({ kind: 'notification-lost' });
    const id = await upload('lost');
    await later(25 * MINUTE);
    expect([await stateOf(id), await travel.isSettled()]).toEqual(['Processing', false]);
    await later(30 * MINUTE);
    expect([await stateOf(id), await travel.isSettled()]).toEqual(['VerifiedCompleted', true]);
    expect(
      control
        .notifications()
        .at(-1)
        ?.attempts.map(({ sent }) => sent),
    ).toEqual([false, true]);
  });

  it('writes nothing of the machine’s own time into the database', async () => {
    const database = billing.service.app.get(Database);
    const columns = await database.rows<{ place: string; sql: string }>(
      `SELECT format('%s.%s', table_name, column_name) AS place,
         format('SELECT min(%I) AS first FROM %I.%I', column_name, table_schema, table_name) AS sql
       FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
       WHERE table_schema = 'public' AND data_type = 'timestamp with time zone' AND table_type = 'BASE TABLE'`,
    );
    expect(columns.length).toBeGreaterThan(30);
    const [seeded] = await database.rows<{ before: string[] }>(
      `SELECT coalesce(array_agg(format('%s.%s', table_name, column_name)), '{}') AS before
       FROM information_schema.columns
       WHERE table_schema = 'public' AND column_default ~ '(now|current_timestamp|clock_timestamp)'`,
    );
    expect(seeded?.before).toEqual([]);
    const startsAt = startOfSeoulDay(START);
    const early: string[] = [];
    for (const { place, sql } of columns) {
      const [row] = await database.rows<{ first: Date | null }>(sql);
      // The people of the tests have had their keys for ever.
      if (row?.first && row.first < startsAt && place !== 'api_key.created_at') early.push(place);
    }
    expect(early).toEqual([]);
  });
});

describe('services that follow the simulator’s clock', () => {
  it('live by it in every replica, and bill day by day as it is moved over HTTP', async () => {
    const settings = { CLOCK: 'simulator', SCHEDULER_TICK_SECONDS: '1' };
    const billing = await startTravelling(START, { clockOf: undefined, settings });
    const { simulator, service } = billing;
    const replica = await startService(
      readConfiguration({ ...billing.environment, ROLE: 'scheduler', PUBLIC_BASE_URL: service.url }),
    );
    try {
      const move = (body: object): Promise<Response> =>
        fetch(`${simulator.baseUrl}/_simulator/clock`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        });
      for (const date of ['2028-02-28', '2028-02-29', '2028-03-01']) {
        const at = startOfSeoulDay(seoulDate(date)).getTime() + 5 * HOUR * 1000;
        await move({ advanceMs: at - simulator.control.now() });
        await until(`the run of ${date} is opened`, async () => {
          const runs = await service.app
            .get(Database)
            .rows<{ at: Date }>('SELECT planned_at AS at FROM billing_run WHERE billing_date = $1', [date]);
          return runs.length > 0 || undefined;
        });
        const times = (): number[] => [service, replica].map(({ app }) => app.get(Clock).now().getTime());
        await until('both replicas have heard of it', async () => times().every((time) => time >= at) || undefined);
        expect(times()).toEqual([at, at]);
      }
      expect(await billing.client.read('/billing-runs')).toMatchObject({
        items: [{ billingDate: '2028-03-01' }, { billingDate: '2028-02-29' }, { billingDate: '2028-02-28' }],
      });
      await move({ factor: 3_600 });
      await until('an hour passes in a second', async () => {
        const passed = service.app.get(Clock).now().getTime() - startOfSeoulDay(seoulDate('2028-03-01')).getTime();
        return passed > 6 * HOUR * 1000 || undefined;
      });
    } finally {
      await replica.close();
      await billing.close();
    }
  });

  it.each(['sandbox', 'live'])('are refused at start in %s, with the setting named', (environment) => {
    const settings = {
      ENVIRONMENT: environment,
      ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      PUBLIC_BASE_URL: 'https://billing.example.com',
      TSTORE_PNS_BASE_URL: 'https://pns.example.com',
    };
    const source = serviceEnvironment('postgres://127.0.0.1:1/none', settings);
    expect(() => readConfiguration(source)).not.toThrow();
    expect(() => readConfiguration({ ...source, CLOCK: 'simulator' })).toThrow(
      /CLOCK: expected system: time can be moved only with ENVIRONMENT=simulator/,
    );
  });

  it.each(['sandbox', 'live'])('can’t be given a clock by code either in %s', async (environment) => {
    const settings = {
      ENVIRONMENT: environment,
      ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      PUBLIC_BASE_URL: 'https://billing.example.com',
      TSTORE_PNS_BASE_URL: 'https://pns.example.com',
    };
    const configuration = readConfiguration(serviceEnvironment('postgres://127.0.0.1:1/none', settings));
    class StoppedClock extends Clock {
      now(): Date {
        return startOfSeoulDay(START);
      }
    }
    await expect(startService(configuration, { clock: new StoppedClock() })).rejects.toThrow(
      'CLOCK: time can be moved only with ENVIRONMENT=simulator',
    );
  });
});
