import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { planOn, settleAll, subscribe, subscriptionRow } from '../support/subscribers';
import { until } from '../support/until';

/** Past any back-off of a stage. */
const PAST_BACK_OFF_SECONDS = 700;

describe('a charge whose settlement is refused', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 } });
  });

  afterAll(() => world.close());

  it('keeps back nobody else of its job, and is named until it is mended', async () => {
    const database = world.service.app.get(Database);
    const ids: string[] = [];
    for (let index = 0; index < 7; index++) ids.push(await subscribe(world, `customer-${index}`, '2027-01-05'));
    const [bad = ''] = ids.splice(3, 1);
    await database.rows(`
      CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'this one can not move' USING ERRCODE = 'check_violation'; END $$;
      CREATE TRIGGER refuse_one BEFORE UPDATE ON subscription FOR EACH ROW WHEN (OLD.id = ${bad})
      EXECUTE FUNCTION refuse_one()`);
    await planOn(world, '2027-01-05');
    const job: JsonBody = await until('the others are settled', async () => {
      await world.simulator.control.deliverNotifications();
      const [found] = (await world.get('bulk-payment-jobs?failing=true')).body.items;
      return found?.retry?.error.includes('6 of 7') ? found : undefined;
    });
    expect(job.retry.error).toContain(`order B20270105-${bad}-1 of subscription ${bad} can’t be settled`);
    expect(job.standing).toBe('settling');
    for (const id of ids) expect(await subscriptionRow(world, id)).toMatchObject({ next: '2027-02-05' });
    expect(await subscriptionRow(world, bad)).toMatchObject({ next: '2027-01-05' });
    const [stuck] = (await world.get('summary')).body.stuck;
    expect(stuck).toMatchObject({
      kind: 'jobs-failing',
      count: 1,
      detail: expect.stringContaining(`B20270105-${bad}-1`),
    });

    await database.rows('DROP TRIGGER refuse_one ON subscription');
    world.clock.advanceSeconds(PAST_BACK_OFF_SECONDS);
    await settleAll(world);
    expect(await subscriptionRow(world, bad)).toMatchObject({ next: '2027-02-05' });
    expect((await world.get('settlement-log?limit=100')).body.items).toHaveLength(7);
    expect((await world.get(`bulk-payment-jobs/${job.id}`)).body).toMatchObject({ standing: 'settled', retry: null });
  });
});
