import { BillingTokenVault } from '../../src/billing-token';
import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { chargesOf, moveTo, send, subscribe } from '../support/subscribers';
import { until } from '../support/until';

const DAY = '2027-01-05';
const NAMES = ['first', 'second', 'third', 'fourth'];

/** Ways in which a stored billing token doesn't open any more. */
const HARMS = [
  [
    'was altered',
    `ciphertext = set_byte(ciphertext, 20, get_byte(ciphertext, 20) # 1)`,
    'A stored secret does not open',
  ],
  ['is under a key that is missing', `key_id = 'lost'`, 'ENCRYPTION_KEYS lacks the key "lost"'],
] as const;

describe('a charge whose billing token', () => {
  let world: BillingWorld;
  let database: Database;
  let ids: Record<string, string>;
  let kept: { hash: Buffer; ciphertext: Buffer; keyId: string }[];

  beforeEach(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { BILLING_RUN_CONFIRM_FACTOR: '0' } });
    database = world.service.app.get(Database);
    const vault = world.service.app.get(BillingTokenVault);
    ids = {};
    for (const name of NAMES) {
      const token = `${name}-`.padEnd(64, 'x');
      await vault.store(database, [token], world.clock.now());
      ids[name] = await subscribe(world, name, DAY, { billingTokenHash: vault.hashOf(token) });
    }
    kept = await database.rows('SELECT token_hash AS hash, ciphertext, key_id AS "keyId" FROM billing_token');
  });

  afterEach(() => world.close());

  const harm = (how: string, names: readonly string[]): Promise<unknown> =>
    database.execute(
      `UPDATE billing_token SET ${how}
       WHERE token_hash IN (SELECT billing_token_hash FROM subscription WHERE customer_reference = ANY ($1))`,
      [names],
    );

  async function mend(): Promise<void> {
    for (const { hash, ciphertext, keyId } of kept) {
      const parameters = [hash, ciphertext, keyId];
      await database.execute('UPDATE billing_token SET ciphertext = $2, key_id = $3 WHERE token_hash = $1', parameters);
    }
  }

  async function open(): Promise<JsonBody> {
    moveTo(world, DAY);
    const answer = await send(world, 'POST', 'billing-runs', { date: DAY });
    expect(answer.status).toBe(201);
    return answer.body;
  }

  const jobsOf = async (run: JsonBody): Promise<JsonBody[]> => (await world.get(`billing-runs/${run.id}`)).body.jobs;
  const job = async (id: string): Promise<JsonBody> => (await world.get(`bulk-payment-jobs/${id}`)).body;
  const stops = async (): Promise<JsonBody[]> => (await world.get('line-stops?state=Open')).body.items;
  const linesOf = async (jobId: string): Promise<number[]> => {
    const rows = await database.rows<{ line: number }>(
      'SELECT line_number AS line FROM charge WHERE bulk_payment_job_id = $1 ORDER BY line_number',
      [jobId],
    );
    return rows.map(({ line }) => line);
  };
  const failed = (id: string): Promise<JsonBody> =>
    until('its writing has failed', async () => {
      const found = await job(id);
      return found.retry?.error ? found : undefined;
    });

  it.each(HARMS)(
    '%s is set aside and parked, everybody else is billed, and it too once it is mended',
    async (_, how, why) => {
      await harm(how, ['second']);
      const run = await open();
      const [planned] = await jobsOf(run);
      await world.settled(planned.id);
      expect(world.simulator.control.bookTotals()).toMatchObject({ chargedCount: 3 });
      const [of, aside] = await jobsOf(run);
      expect(of).toMatchObject({ state: 'VerifiedCompleted', requested: { count: 3, amount: 16_500 } });
      expect(aside).toMatchObject({ state: 'Created', requested: { count: 1, amount: 5_500 } });
      expect([await linesOf(of.id), await linesOf(aside.id)]).toEqual([[2, 3, 4], [2]]);
      const [stop] = await stops();
      expect(stop).toMatchObject({
        kind: 'unbillable',
        jobId: aside.id,
        violation: `job ${aside.id}, set aside from job ${of.id}, holds charges that no request file can carry`,
        evidence: {
          setAsideFromJobId: of.id,
          count: 1,
          amount: 5_500,
          reasons: [{ count: 1, orderNo: `B20270105-${ids.second}-1`, reason: expect.stringContaining(why) }],
        },
      });
      const causes = async (id: string): Promise<string[]> =>
        (await job(id)).history.map(({ cause }: { cause: string }) => cause);
      expect(await causes(of.id)).toContain(`1 charge set aside in job ${aside.id}`);
      expect(await causes(aside.id)).toEqual([
        `set aside from job ${of.id}`,
        `parked by line stop ${stop.id}: unbillable`,
      ]);
      expect((await job(aside.id)).links).toMatchObject({ setAsideFrom: `/admin/v1/bulk-payment-jobs/${of.id}` });
      expect((await world.get('summary')).body.stuck).toContainEqual(
        expect.objectContaining({ what: 'open line stops', count: 1 }),
      );

      // Let go without being mended it is not parked again and again: its job says why it fails.
      await send(world, 'POST', `line-stops/${stop.id}/resolve`, { reason: 'let go' });
      expect((await failed(aside.id)).retry.error).toContain('Its one charge can’t be written');
      expect([await jobsOf(run), await stops()]).toMatchObject([[{}, {}], []]);
      await mend();
      world.clock.advanceSeconds(60);
      expect(await world.settled(aside.id)).toMatchObject({ state: 'VerifiedCompleted' });
      expect(world.simulator.control.bookTotals()).toMatchObject({ chargedCount: 4 });
      expect(await chargesOf(world, ids.second ?? '')).toEqual([`${DAY} 5500`]);
      expect((await world.get('line-stops')).body.items).toHaveLength(1);
    },
  );

  it('and nobody else’s opens is not at fault: the job fails as one and says so, and is billed when the key is back', async () => {
    await harm(HARMS[1][1], NAMES);
    const run = await open();
    const [planned] = await jobsOf(run);
    const found = await failed(planned.id);
    expect(found).toMatchObject({ state: 'Created', requested: { count: 4 } });
    expect(found.retry.error).toBe(
      'None of its 4 charges can be written: ENCRYPTION_KEYS lacks the key "lost" that stored secrets are encrypted under: add it again (4)',
    );
    expect([await jobsOf(run), await stops()]).toMatchObject([[{}], []]);
    expect((await world.get('summary')).body.stuck).toContainEqual(
      expect.objectContaining({ what: 'jobs whose stage fails', count: 1 }),
    );
    await mend();
    world.clock.advanceSeconds(60);
    await world.settled(planned.id);
    expect(world.simulator.control.bookTotals()).toMatchObject({ chargedCount: 4 });
  });

  it('does not open leaves no gap in the lines of those who stay, wherever it stood', async () => {
    await harm(HARMS[0][1], ['first', 'third']);
    const run = await open();
    const [planned] = await jobsOf(run);
    await world.settled(planned.id);
    const [of, aside] = await jobsOf(run);
    expect([await linesOf(of.id), await linesOf(aside.id)]).toEqual([
      [2, 3],
      [2, 3],
    ]);
    expect(await stops()).toMatchObject([{ evidence: { count: 2, reasons: [{ count: 2 }] } }]);
    await mend();
    await send(world, 'POST', `line-stops/${(await stops())[0]?.id}/resolve`, { reason: 'mended' });
    await world.settled(aside.id);
    expect(world.simulator.control.bookTotals()).toMatchObject({ chargedCount: 4 });
  });

  it('opens can’t be changed or moved by hand', async () => {
    const run = await open();
    const [planned] = await jobsOf(run);
    await world.settled(planned.id);
    for (const change of ['amount = amount + 1', 'line_number = line_number + 100', 'bulk_payment_job_id = 999']) {
      await expect(database.execute(`UPDATE charge SET ${change}`)).rejects.toThrow('charge is append-only');
    }
    await expect(database.execute('DELETE FROM charge')).rejects.toThrow('charge is append-only');
  });
});
