import { ApprovalExpiry } from '../../src/approval';
import { readConfiguration } from '../../src/config';
import { Database } from '../../src/platform/database';
import { startService } from '../../src/service';
import { bearer, callAdmin, type AdminAnswer } from '../support/admin-world';
import {
  BOOTSTRAP_KEY,
  SECOND_PERSONS_KEY,
  startWorld,
  type BillingWorld,
  type JsonBody,
} from '../support/billing-world';
import { PAST_ALL_WAITING_SECONDS, askRefund, bookedRefunds, paidCharges, refundInState } from '../support/refunds';
import { VERSION_CONFLICT, agreed, ifMatch, keyOf, send } from '../support/subscribers';
import { until } from '../support/until';

const REASON = { reason: 'looked at it' };
const REFUSED = { status: 409, body: { code: 'second-person-required' } };
const HOUR_SECONDS = 3_600;

describe('approvals', () => {
  let world: BillingWorld;
  let orderNos: string[];
  let next = 0;

  beforeAll(async () => {
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: {
        REFUND_RATE_PER_MINUTE: '6000',
        REFUND_RELEASE_ABOVE_COUNT: '0',
        TSTORE_LOOKUPS_PER_MINUTE: '6000',
        TSTORE_LOOKUP_FRESH_SECONDS: '0',
      },
    });
    orderNos = await paidCharges(world, 24, 'a-');
  });

  afterAll(() => world.close());

  const as = (token: string, path: string, body: object = REASON): Promise<AdminAnswer> =>
    callAdmin(world.service.url, 'POST', path, { body, headers: bearer(token) });

  /** Kim, or another, asks for a refund that waits. @returns it, with the approval it waits for */
  async function held(token?: string): Promise<{ refund: JsonBody; approval: JsonBody; orderNo: string }> {
    const orderNo = orderNos[next++] as string;
    const { body: refund } =
      token === undefined ? await askRefund(world, orderNo) : await as(token, `charges/${orderNo}/refunds`);
    const { body } = await world.get(`approvals?kind=refund&subjectId=${refund.id}&state=Waiting`);
    return { refund, approval: body.items[0], orderNo };
  }

  const approval = async (id: string): Promise<JsonBody> => (await world.get(`approvals/${id}`)).body;
  const database = (): Database => world.service.app.get(Database);

  it('show what waits, why, for how much, who asked, and until when', async () => {
    const { refund, approval: waiting, orderNo } = await held();
    expect(waiting).toMatchObject({
      ...{ kind: 'refund', subjectId: refund.id, state: 'Waiting', actions: ['approve', 'reject', 'withdraw'] },
      ...{ count: 1, amount: refund.amount, decision: null, links: { refund: `/admin/v1/refunds/${refund.id}` } },
      summary: expect.stringContaining(orderNo),
      because: expect.stringContaining('above'),
      request: { byOwner: 'kim@example.com', reason: 'customer asked' },
    });
    expect(Date.parse(waiting.expiresAt) - Date.parse(waiting.request.at)).toBe(72 * HOUR_SECONDS * 1000);
    const { body: csv } = await world.get('approvals?format=csv&state=Waiting');
    expect(csv).toContain('request.byOwner');
    expect(csv).toContain(orderNo);
    expect(await bookedRefunds(world, orderNo)).toEqual([]);
    const done = await as(SECOND_PERSONS_KEY, `approvals/${waiting.id}/approve`);
    expect(done).toMatchObject({
      status: 200,
      body: { state: 'Approved', actions: [], decision: { byOwner: 'lee@example.com', reason: 'looked at it' } },
    });
    await refundInState(world, refund.id, 'Refunded');
    expect((await approval(waiting.id)).history).toMatchObject([
      { fromState: null, toState: 'Waiting', cause: 'asked for' },
      { fromState: 'Waiting', toState: 'Approved', cause: 'approved by a second person', reason: 'looked at it' },
    ]);
    const { body: audit } = await world.get(`audit-log?resource=approvals&resourceId=${waiting.id}`);
    expect(audit.items).toMatchObject([
      {
        ...{ operation: 'approvals.approve', owner: 'lee@example.com', reason: 'looked at it' },
        ...{ before: { state: 'Waiting' }, outcome: { status: 200, after: { state: 'Approved' } } },
      },
    ]);
  });

  it('are given by no other key of who asked, however its owner is written', async () => {
    const keys = await Promise.all(
      ['kim@example.com.', 'kim+2@example.com', 'KIM@EXAMPLE.com', 'k\u200bim@example.com'].map((owner) =>
        keyOf(world, owner, 'finance'),
      ),
    );
    const { approval: waiting, refund } = await held();
    for (const key of keys) {
      expect(await as(key, `approvals/${waiting.id}/approve`)).toMatchObject(REFUSED);
      expect(await as(key, `refunds/${refund.id}/release`)).toMatchObject(REFUSED);
    }
    expect((await approval(waiting.id)).state).toBe('Waiting');
  });

  it('are given by no key that descends from who asked, nor by who made the key it was asked with', async () => {
    const admins = await keyOf(world, 'kim@example.com', 'admin');
    const puppets = (await as(admins, 'api-keys', { name: 'puppet', owner: 'puppet', role: 'finance' })).body.token;
    const makers = (await as(admins, 'api-keys', { name: 'maker', owner: 'maker', role: 'admin' })).body.token;
    const second = (await as(makers, 'api-keys', { name: 'second', owner: 'second', role: 'finance' })).body.token;
    const kims = await held();
    for (const key of [puppets, second]) {
      expect(await as(key, `approvals/${kims.approval.id}/approve`)).toMatchObject(REFUSED);
    }
    const puppet = await held(puppets);
    expect(await send(world, 'POST', `approvals/${puppet.approval.id}/approve`, REASON)).toMatchObject(REFUSED);
    expect((await as(SECOND_PERSONS_KEY, `approvals/${puppet.approval.id}/approve`)).status).toBe(200);
    const byHand = database().execute(
      `UPDATE approval SET state = 'Approved', decided_by = 'x', decided_by_owner = requested_by_owner,
         decision_reason = 'x', decided_at = requested_at WHERE id = $1`,
      [kims.approval.id],
    );
    await expect(byHand).rejects.toThrow(/approval_approved_by_another_owner/);
  });

  it('are given by no key made after it was asked for, and not with the bootstrap key', async () => {
    const { approval: waiting, refund } = await held();
    const late = await keyOf(world, 'somebody@example.com', 'finance');
    const tooLate = await as(late, `approvals/${waiting.id}/approve`);
    expect(tooLate).toMatchObject(REFUSED);
    // What to do about it: an older key, or the same once more now that the key is there.
    expect(tooLate.body.detail).toContain(
      `was there at ${waiting.request.at} can approve it; or kim@example.com takes`,
    );
    expect(tooLate.body.detail).toContain(
      `takes it back (POST /admin/v1/approvals/${waiting.id}/withdraw) and asks again`,
    );
    for (const path of [`approvals/${waiting.id}/approve`, `refunds/${refund.id}/release`]) {
      expect(await as(BOOTSTRAP_KEY, path)).toMatchObject({ status: 403, body: { scope: 'approvals:decide' } });
    }
    expect((await held()).approval.state).toBe('Waiting');
  });

  it('are given by the roles of the setting only, and by the bootstrap key where a setting says so', async () => {
    const { approval: waiting } = await held();
    const { approval: other } = await held();
    const operators = await keyOf(world, 'operator@example.com', 'operator');
    const refused = await as(operators, `approvals/${waiting.id}/approve`);
    expect(refused).toMatchObject({ status: 403, body: { code: 'scope-missing', scope: 'approvals:decide' } });
    const settings = { APPROVAL_ROLES: 'finance', APPROVAL_BY_BOOTSTRAP_KEY: 'true', ROLE: 'admin' };
    const replica = await startService(readConfiguration({ ...world.environment, ...settings }), {
      clock: world.clock,
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
    });
    try {
      const there = (token: string, id: string) =>
        callAdmin(replica.url, 'POST', `approvals/${id}/approve`, { body: REASON, headers: bearer(token) });
      expect((await there(SECOND_PERSONS_KEY, waiting.id)).status).toBe(403);
      expect((await there(BOOTSTRAP_KEY, waiting.id)).status).toBe(200);
    } finally {
      await replica.close();
    }
    // What was asked for before that process began and ended is approved after.
    expect((await as(SECOND_PERSONS_KEY, `approvals/${other.id}/approve`)).status).toBe(200);
  });

  it('are given once, whoever decides at the same time', async () => {
    const bosses = await keyOf(world, 'boss@example.com', 'finance');
    const { approval: waiting, refund, orderNo } = await held();
    const stale = send(world, 'POST', `approvals/${waiting.id}/reject`, REASON, ifMatch({ version: '1' }));
    expect(await stale).toMatchObject(VERSION_CONFLICT);
    const answers = await Promise.all([
      as(bosses, `approvals/${waiting.id}/approve`),
      as(SECOND_PERSONS_KEY, `approvals/${waiting.id}/approve`),
      as(SECOND_PERSONS_KEY, `refunds/${refund.id}/release`),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    await refundInState(world, refund.id, 'Refunded');
    expect(await bookedRefunds(world, orderNo)).toEqual([refund.amount]);
  });

  it('end with a no, by who asked or by another, and what was held ends with them', async () => {
    const [one, other] = [await held(), await held()];
    const foreign = await as(SECOND_PERSONS_KEY, `approvals/${one.approval.id}/withdraw`);
    expect(foreign).toMatchObject({ status: 409, body: { code: 'not-yours' } });
    const rejected = await as(SECOND_PERSONS_KEY, `approvals/${one.approval.id}/reject`);
    expect(rejected.body).toMatchObject({ state: 'Rejected', decision: { byOwner: 'lee@example.com' } });
    const withdrawn = await send(world, 'POST', `approvals/${other.approval.id}/withdraw`, REASON);
    expect(withdrawn.body).toMatchObject({ state: 'Withdrawn' });
    for (const { refund, approval: ended } of [one, other]) {
      expect((await world.get(`refunds/${refund.id}`)).body).toMatchObject({ state: 'Canceled' });
      const late = await as(SECOND_PERSONS_KEY, `approvals/${ended.id}/approve`);
      expect(late).toMatchObject({ status: 409, body: { code: 'state-conflict' } });
    }
  });

  it('are withdrawn when what they are for is canceled, and can’t be given after', async () => {
    const { refund, approval: waiting, orderNo } = await held();
    await send(world, 'POST', `refunds/${refund.id}/cancel`, { reason: 'a mistake' });
    expect(await approval(waiting.id)).toMatchObject({ state: 'Withdrawn', decision: { reason: 'a mistake' } });
    expect(await as(SECOND_PERSONS_KEY, `approvals/${waiting.id}/approve`)).toMatchObject({ status: 409 });
    expect(await bookedRefunds(world, orderNo)).toEqual([]);
    // It may be asked for anew.
    expect((await askRefund(world, orderNo)).status).toBe(202);
  });

  it('expire when nobody decides in time, not a moment earlier, and what was held is canceled', async () => {
    const { refund, approval: waiting } = await held();
    const leftMs = Date.parse(waiting.expiresAt) - world.clock.now().getTime();
    world.clock.advanceSeconds(leftMs / 1000 - 60);
    await world.service.app.get(ApprovalExpiry).runOnce();
    expect((await approval(waiting.id)).state).toBe('Waiting');
    world.clock.advanceSeconds(61);
    const late = await as(SECOND_PERSONS_KEY, `approvals/${waiting.id}/approve`);
    expect(['approval-expired', 'state-conflict']).toContain(late.body.code);
    await until('it has expired', async () => (await approval(waiting.id)).state === 'Expired' || undefined);
    expect((await approval(waiting.id)).decision).toMatchObject({ byOwner: null });
    expect((await world.get(`refunds/${refund.id}`)).body).toMatchObject({
      ...{ state: 'Canceled', result: { resultCode: 'not-sent' } },
    });
  });

  it('end a refund in doubt only after a look at T store since it was sent, and by another than who says how', async () => {
    const { refund, orderNo } = await held();
    world.simulator.control.armFault({ kind: 'refund-answer-lost' });
    // Nobody may look by itself before the test has seen that nobody has.
    world.simulator.control.armFault({ kind: 'lookup-failing', skip: 1, times: 1_000 });
    await as(SECOND_PERSONS_KEY, `refunds/${refund.id}/release`);
    await refundInState(world, refund.id, 'Unknown');
    const resolve = (outcome = 'not-refunded') =>
      send(world, 'POST', `refunds/${refund.id}/resolve`, { outcome, reason: 'T store says so' });
    expect(await resolve()).toMatchObject({ status: 409, body: { code: 'lookup-required', retryable: true } });
    world.simulator.control.disarmAllFaults();
    expect((await world.get(`charges/${orderNo}/transaction`)).status).toBe(200);
    // It shows the refund.
    expect(await resolve()).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    const asked = await resolve('refunded');
    expect(asked).toMatchObject({
      status: 202,
      body: { kind: 'refund-doubt', state: 'Waiting', act: { outcome: 'refunded' }, amount: refund.amount },
    });
    // Nothing has happened, so it can't be ordered again.
    expect((await askRefund(world, orderNo)).body).toMatchObject({ code: 'refund-open' });
    expect(await send(world, 'POST', `approvals/${asked.body.id}/approve`, REASON)).toMatchObject(REFUSED);
    await as(SECOND_PERSONS_KEY, `approvals/${asked.body.id}/reject`);
    expect((await world.get(`refunds/${refund.id}`)).body).toMatchObject({ state: 'Unknown' });
    const done = await agreed(world, await resolve('refunded'));
    expect(done).toMatchObject({ status: 200, body: { state: 'Approved' } });
    const ended = (await world.get(`refunds/${refund.id}`)).body;
    expect(ended).toMatchObject({ state: 'Refunded', result: { resultCode: 'by-decision' } });
    expect(ended.history.at(-1).reason).toMatch(/T store says so; approved by second desk/);
    expect(await bookedRefunds(world, orderNo)).toEqual([refund.amount]);
  });

  it('end no doubt as was said before T store’s record changed: the money would be given back twice', async () => {
    const { refund } = await held();
    world.simulator.control.armFault({ kind: 'refund-answer-lost' });
    world.simulator.control.armFault({ kind: 'lookup-failing', skip: 1, times: 1_000 });
    await as(SECOND_PERSONS_KEY, `refunds/${refund.id}/release`);
    await refundInState(world, refund.id, 'Unknown');
    const shows = (status: string) =>
      database().execute(
        `INSERT INTO transaction_lookup (transaction_id, answer, found, message, actor, at)
         SELECT $1, 'found', baseline.found || jsonb_build_object('status', $2::text, 'isRefunded', $2 = 'refunded'), NULL, 'test', $3
         FROM refund JOIN transaction_lookup AS baseline ON baseline.id = baseline_lookup_id WHERE refund.id = $4`,
        [refund.transactionId, status, world.clock.now(), refund.id],
      );
    const resolve = () =>
      send(world, 'POST', `refunds/${refund.id}/resolve`, { outcome: 'not-refunded', reason: 'nothing there' });
    await shows('complite');
    const asked = await resolve();
    await shows('refunded');
    const refused = await agreed(world, asked);
    expect(refused).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    expect(refused.body.detail).toMatch(/complite .*then, refunded .*now/);
    expect((await world.get(`refunds/${refund.id}`)).body).toMatchObject({ state: 'Unknown' });
    await send(world, 'POST', `approvals/${asked.body.id}/withdraw`, { reason: 'it is back' });
    expect(await resolve()).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    world.simulator.control.disarmAllFaults();
    world.clock.advanceSeconds(PAST_ALL_WAITING_SECONDS);
    await refundInState(world, refund.id, 'Refunded');
  });

  it('are withdrawn when a lookup settles the doubt they are about', async () => {
    const { refund } = await held();
    world.simulator.control.armFault({ kind: 'refund-answer-lost' });
    world.simulator.control.armFault({ kind: 'lookup-failing', skip: 1, times: 1_000 });
    await as(SECOND_PERSONS_KEY, `refunds/${refund.id}/release`);
    await refundInState(world, refund.id, 'Unknown');
    await database().execute(
      `INSERT INTO transaction_lookup (transaction_id, answer, message, actor, at) VALUES ($1, 'not-found', 'none', 'test', $2)`,
      [refund.transactionId, world.clock.now()],
    );
    const said = { outcome: 'not-refunded', reason: 'too early' };
    const asked = await send(world, 'POST', `refunds/${refund.id}/resolve`, said);
    expect(asked.status).toBe(202);
    world.simulator.control.disarmAllFaults();
    world.clock.advanceSeconds(PAST_ALL_WAITING_SECONDS);
    await refundInState(world, refund.id, 'Refunded');
    expect(await approval(asked.body.id)).toMatchObject({ state: 'Withdrawn' });
    const late = await as(SECOND_PERSONS_KEY, `approvals/${asked.body.id}/approve`);
    expect(late).toMatchObject({ status: 409, body: { code: 'state-conflict' } });
  });

  it('keep what was asked for as it was', async () => {
    const { approval: waiting } = await held();
    for (const change of [
      `summary = 'x'`,
      `requested_by_owner = 'x'`,
      `act = '{}'`,
      `amount = 1`,
      `expires_at = NULL`,
    ]) {
      const written = database().execute(`UPDATE approval SET ${change} WHERE id = $1`, [waiting.id]);
      await expect(written).rejects.toThrow(/append-only/);
    }
    await expect(database().execute('DELETE FROM approval_history')).rejects.toThrow(/append-only/);
  });

  it.each([
    ['approvals?state=Open', 'state'],
    ['approvals?kind=payment', 'kind'],
    ['approvals?subjectId=x', 'subjectId'],
  ])('refuse %s and name the field', async (path, field) => {
    expect(await world.get(path)).toMatchObject({ status: 400, body: { faults: [{ field }] } });
    expect(await world.get('approvals/999999')).toMatchObject({ status: 404, body: { code: 'approval-not-found' } });
  });
});
