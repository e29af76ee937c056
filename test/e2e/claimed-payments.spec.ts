import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { closeSeen } from '../support/discrepancies';
import { askRefund, paidCharges, refundInState } from '../support/refunds';
import { requestFile } from '../support/request-files';
import { agreed, send } from '../support/subscribers';
import { until } from '../support/until';

describe('a payment that other orders claim', () => {
  let world: BillingWorld;
  let batch = 0;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { REFUND_RATE_PER_MINUTE: '6000' } });
  });

  afterAll(() => world.close());

  const discrepanciesOf = async (jobId: string): Promise<JsonBody[]> =>
    (await world.get(`discrepancies?jobId=${jobId}`)).body.items;
  const lookUp = (id: string, body: object = {}): Promise<JsonAnswer> =>
    send(world, 'POST', `discrepancies/${id}/lookup`, body);
  const waitingFor = async (refund: JsonBody): Promise<JsonBody> =>
    (await world.get('approvals?state=Waiting&kind=refund')).body.items.find(
      ({ subjectId }: JsonBody) => subjectId === refund.id,
    );
  const inquiryOf = async (orderNo: string): Promise<JsonBody> =>
    (await world.get(`inquiry?orderNo=${orderNo}`)).body.items[0];

  /** Three orders of one price whose lines name one payment; the second of them was accepted as paid by two persons. */
  async function acceptedOfThree(): Promise<{ paid: JsonBody; others: JsonBody[] }> {
    world.simulator.control.armFault({ kind: 'result-transaction-shared' });
    const file = requestFile(6, `claim-${(batch += 1)}-`).replaceAll(/,\d+,\d+,0,0/g, ',1002,1002,0,0');
    const { body: uploaded } = await world.upload(file);
    await world.settled(uploaded.id);
    const [one, paid, third] = (await discrepanciesOf(uploaded.id)) as [JsonBody, JsonBody, JsonBody];
    await lookUp(paid.id);
    const accepted = await agreed(world, await send(world, 'POST', `discrepancies/${paid.id}/accept`, PAID));
    expect(accepted.status).toBe(200);
    world.clock.advanceSeconds(61);
    return { paid, others: [one, third] };
  }

  /** A job whose first line names a payment of another job. */
  async function lineNaming(transactionId: string, prefix: string): Promise<JsonBody> {
    world.simulator.control.armFault({ kind: 'result-transaction-shared', options: { lines: 1, transactionId } });
    const { body: uploaded } = await world.upload(requestFile(2, prefix));
    await world.settled(uploaded.id);
    const [found] = await discrepanciesOf(uploaded.id);
    expect(found).toMatchObject({ kind: 'transaction-shared', found: { transactionId } });
    return found;
  }

  it('is given back by two persons only, who are told whose it may be, whatever the amount', async () => {
    const { paid, others } = await acceptedOfThree();
    const named = others.map(({ orderNo }) => orderNo).sort();
    const { status, body: refund } = await askRefund(world, paid.orderNo, 1);
    expect(status).toBe(202);
    expect(refund).toMatchObject({ state: 'AwaitingRelease', amount: 1, claimedBy: named });
    expect(refund.release.because).toBe(
      `${paid.found.transactionId} may as well be the payment of ${named.join(', ')}: it may be their customer’s money`,
    );
    const approval = await waitingFor(refund);
    expect(approval.summary).toBe(
      `Send refund ${refund.id}: 1 won of ${paid.orderNo}, whose payment ${named.join(', ')} claim, too`,
    );
    const own = await send(world, 'POST', `refunds/${refund.id}/release`, { reason: 'myself' });
    expect(own).toMatchObject({ status: 409, body: { code: 'second-person-required' } });
    expect(world.simulator.control.refunds()).toEqual([]);
    await agreed(world, { status: 202, body: approval });
    expect(await refundInState(world, refund.id, 'Refunded')).toMatchObject({ claimedBy: named });
    expect(world.simulator.control.refunds()).toHaveLength(1);
  });

  it('keeps no other refund waiting', async () => {
    const [orderNo] = (await paidCharges(world, 1, `clear-${(batch += 1)}-`)) as [string];
    const { body } = await askRefund(world, orderNo);
    expect(body).toMatchObject({ claimedBy: [], release: null });
    await refundInState(world, body.id, 'Refunded');
  });

  it('is claimed by a line of another job, and by a charge for which somebody found it', async () => {
    const prefix = `line-${(batch += 1)}-`;
    const paid = await paidCharges(world, 6, prefix);
    const chargeOf = async (orderNo: string): Promise<JsonBody> => (await world.get(`charges/${orderNo}`)).body;
    for (const kind of ['result-lines-doubled', 'result-lines-missing'] as const) {
      world.simulator.control.armFault({ kind });
    }
    const { body: uploaded } = await world.upload(requestFile(6, `missing-${batch}-`));
    await world.settled(uploaded.id);
    const missing = (await discrepanciesOf(uploaded.id)).find(({ kind }) => kind === 'missing');
    // The orders of both files have the same prices, in order.
    const looked = missing.orderNo.replace('missing', 'line');
    await lookUp(missing.id, { transactionId: (await chargeOf(looked)).transactionId });
    expect((await askRefund(world, looked)).body).toMatchObject({ claimedBy: [missing.orderNo] });
    const orderNo = paid.find((one) => one !== looked) as string;
    const claiming = await lineNaming((await chargeOf(orderNo)).transactionId, `later-${batch}-`);
    expect((await askRefund(world, orderNo)).body).toMatchObject({
      state: 'AwaitingRelease',
      claimedBy: [claiming.orderNo],
    });
  });

  it('by an order that came to claim it since is not given back by what was agreed to before', async () => {
    const [held, sent] = (await paidCharges(world, 2, `since-${(batch += 1)}-`)) as [string, string];
    const transactionOf = async (orderNo: string): Promise<string> =>
      (await world.get(`charges/${orderNo}`)).body.transactionId;
    const first = await lineNaming(await transactionOf(held), `first-${batch}-`);
    const { body: waiting } = await askRefund(world, held);
    const later = await lineNaming(await transactionOf(held), `second-${batch}-`);
    expect(await agreed(world, { status: 202, body: await waitingFor(waiting) })).toMatchObject({
      status: 409,
      body: { code: 'evidence-contradicts', detail: expect.stringContaining(later.orderNo) },
    });
    expect((await world.get(`refunds/${waiting.id}`)).body).toMatchObject({
      state: 'AwaitingRelease',
      claimedBy: [first.orderNo],
    });
    // Asked for while nobody claimed it, and kept from leaving until somebody does.
    world.simulator.control.armFault({
      kind: 'result-transaction-shared',
      options: { lines: 1, transactionId: await transactionOf(sent) },
    });
    const verification = world.simulator.control.armFault({ kind: 'verify-held' });
    const { body: uploaded } = await world.upload(requestFile(2, `third-${batch}-`));
    await until('it is sent', async () => {
      const { submission } = (await world.get(`bulk-payment-jobs/${uploaded.id}`)).body;
      return submission?.gatewayJobId ?? undefined;
    });
    await send(world, 'POST', 'kill-switch', { reason: 'hold' });
    const { body: refund } = await askRefund(world, sent);
    expect(refund).toMatchObject({ state: 'Requested', claimedBy: [] });
    world.simulator.control.disarmFault(verification.id);
    await world.settled(uploaded.id);
    await send(world, 'DELETE', 'kill-switch', { reason: 'go on' });
    const failed = await refundInState(world, refund.id, 'Failed');
    expect(failed.result).toMatchObject({
      resultCode: 'not-sent',
      resultMessage: expect.stringContaining(`third-${batch}-`),
    });
    expect((await askRefund(world, sent)).body).toMatchObject({ state: 'AwaitingRelease' });
  });

  it('is held by the database: no claimed refund without a reason to wait, and no claim that is written anew', async () => {
    const database = world.service.app.get(Database);
    await expect(database.execute(`UPDATE refund SET claimed_by = '{}'`)).rejects.toThrow(/append-only/);
    await expect(
      database.execute(`INSERT INTO refund (charge_id, transaction_id, amount, state, reason, requested_by,
          requested_by_owner, requested_at, claimed_by)
        SELECT charge_id, transaction_id, 1, 'Requested', 'r', 'a', 'a', now(), '{other}' FROM refund LIMIT 1`),
    ).rejects.toThrow(/refund_claimed_is_held/);
  });

  it('is named where the others are decided: which order it settled instead', async () => {
    const { paid, others } = await acceptedOfThree();
    const [closed, declined] = others as [JsonBody, JsonBody];
    const { transactionId } = paid.found;
    await lookUp(closed.id);
    const asked = await send(world, 'POST', `discrepancies/${closed.id}/close`, { reason: 'not its payment' });
    expect(asked.body.summary).toContain(`; ${transactionId} settled order ${paid.orderNo}`);
    expect((await agreed(world, asked)).status).toBe(200);
    const { body: seen } = await closeSeen(world, declined);
    expect(seen.subjectId).toBe(declined.id);
    for (const { id, orderNo } of others) {
      expect((await world.get(`discrepancies/${id}`)).body).toMatchObject({
        state: 'Closed',
        settledInstead: paid.orderNo,
      });
      expect((await inquiryOf(orderNo)).because).toContain(
        `${transactionId}, which its line names, settled order ${paid.orderNo}`,
      );
    }
    expect((await world.get(`discrepancies/${paid.id}`)).body.settledInstead).toBeNull();
    const claimants = others.map(({ orderNo }) => orderNo).sort();
    expect((await inquiryOf(paid.orderNo)).because).toContain(
      `${transactionId} may as well be the payment of ${claimants.join(', ')}`,
    );
  });
});

const PAID = { outcome: 'paid', reason: 'T store has it' };
