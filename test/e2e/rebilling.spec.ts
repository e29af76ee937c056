import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { chargesOf, planOn, send, settleAll, subscribe, subscriptionRow } from '../support/subscribers';
import { until } from '../support/until';
import { requestFile } from '../support/request-files';

describe('billing a failed job again', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0, processingDelayMs: 3_600_000 } });
  });

  afterAll(() => world.close());

  const rebill = (jobId: string): Promise<JsonAnswer> =>
    send(world, 'POST', `bulk-payment-jobs/${jobId}/rebill`, { reason: 'T store was asked' });

  async function newestJob(): Promise<JsonBody> {
    return (await world.get('bulk-payment-jobs?limit=1')).body.items[0];
  }

  it('charges under new order numbers what the gateway refused, but not who has left', async () => {
    const stays = await subscribe(world, 'stays', '2027-01-05');
    const leaves = await subscribe(world, 'leaves', '2027-01-05');
    world.simulator.control.follow({ faults: [{ kind: 'submit-refused' }] });
    await planOn(world, '2027-01-05');
    const refused = await world.settled((await newestJob()).id);
    expect(refused).toMatchObject({ state: 'Failed', requested: { count: 2 } });
    await planOn(world, '2027-01-06');
    expect(await chargesOf(world, stays)).toHaveLength(1);
    await send(world, 'POST', `subscriptions/${leaves}/cancel`, { when: 'now' });
    const rebilled = await rebill(refused.id);
    expect(rebilled).toMatchObject({
      status: 201,
      body: { rebillOfJobId: refused.id, billingRunId: refused.billingRunId, requested: { count: 1, amount: 5_500 } },
    });
    await settleAll(world);
    expect(await subscriptionRow(world, stays)).toMatchObject({ state: 'Active', next: '2027-02-05' });
    expect(await chargesOf(world, stays)).toHaveLength(2);
    expect(await chargesOf(world, leaves)).toHaveLength(1);
    const actionsOf = async (id: string) => (await world.get(`bulk-payment-jobs/${id}`)).body.actions;
    expect(refused.actions).toContain('rebill');
    expect(await actionsOf(refused.id)).not.toContain('rebill');
    const [answer] = (await world.get('inquiry?customerReference=leaves')).body.items;
    expect(answer.actions).not.toContainEqual(expect.objectContaining({ action: 'rebill' }));
    expect((await rebill(refused.id)).body.detail).toContain(`job ${rebilled.body.id} bills its charges again`);
    expect((await rebill(rebilled.body.id)).status).toBe(409);
    expect((await rebill('999')).status).toBe(404);
  });

  it('is refused for a job in doubt, whatever is said', async () => {
    const id = await subscribe(world, 'doubt', '2027-03-05');
    world.simulator.control.follow({ faults: [{ kind: 'submit-answer-lost' }] });
    await planOn(world, '2027-03-05');
    const job = await until('the job is in doubt', async () => {
      const newest = await newestJob();
      return newest.submission?.doubt ? newest : undefined;
    });
    expect(await rebill(job.id)).toMatchObject({ status: 409, body: { code: 'state-conflict' } });
    expect(await chargesOf(world, id)).toHaveLength(1);
  });

  it('is refused for an uploaded file, whose order numbers are the merchant’s own', async () => {
    world.simulator.control.follow({ faults: [{ kind: 'submit-refused' }] });
    const { body } = await world.upload(requestFile(2, 'own-'));
    await world.settled(body.id);
    expect((await rebill(body.id)).body.detail).toContain('upload a file with new order numbers');
  });
});
