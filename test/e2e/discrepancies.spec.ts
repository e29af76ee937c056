import { DailyReport } from '../../src/admin/desk/daily-report';
import { LineChecks } from '../../src/bulk-payment';
import { TstoreClient } from '../../src/gateways/tstore';
import { seoulDateAt, type SeoulDate } from '../../src/kernel/seoul-calendar';
import { won } from '../../src/kernel/won';
import { AccessTokens } from '../../src/gateways/tstore';
import { Database } from '../../src/platform/database';
import { ADMIN_ACTOR, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { acceptAsPaid, closeSeen } from '../support/discrepancies';
import { requestFile } from '../support/request-files';
import { VERSION_CONFLICT, agreed, ifMatch, planOn, send, subscribe, subscriptionRow } from '../support/subscribers';
import { until } from '../support/until';

describe('working discrepancies off', () => {
  let world: BillingWorld;
  let batch = 0;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 } });
  });

  afterAll(() => world.close());

  const unbalanced = async (): Promise<JsonBody[]> => {
    const year = seoulDateAt(world.clock.now()).slice(0, 4);
    return (await world.get(`reports/unbalanced-jobs?from=${year}-01-01&to=${year}-12-31`)).body.items;
  };

  async function discrepanciesOf(faults: string[], count = 4, lines?: number): Promise<JsonBody[]> {
    const options = lines === undefined ? {} : { options: { lines, byWon: 1 } };
    for (const kind of faults) world.simulator.control.armFault({ kind: kind as 'result-amount-altered', ...options });
    const { body } = await world.upload(requestFile(count, `d${++batch}-`));
    await world.settled(body.id);
    return (await world.get(`discrepancies?jobId=${body.id}`)).body.items;
  }

  async function altered(): Promise<JsonBody> {
    const [discrepancy] = await discrepanciesOf(['result-amount-altered']);
    return discrepancy;
  }

  const settlementsOf = (chargeId: string) =>
    world.service.app.get(Database).rows<{
      kind: string;
      amount: string;
    }>('SELECT kind, amount, transaction_id, result_code, result_message, result_line_number, discrepancy_id FROM settlement WHERE charge_id = $1', [chargeId]);

  const transactionIdOf = async (orderNo: string): Promise<string> => {
    const [entry] = await world.simulator.control.bookOfOrder(orderNo);
    return entry?.tid as string;
  };

  it('shows kind, order, both sides, the raw line without its token, and what may be done', async () => {
    const discrepancy = await altered();
    expect(discrepancy).toMatchObject({
      kind: 'amount-mismatch',
      state: 'Open',
      actions: ['lookup', 'accept', 'close'],
      decision: null,
    });
    expect(discrepancy.found.amount).toBe(discrepancy.expected.amount + 1);
    expect(discrepancy.rawLine).toContain(discrepancy.orderNo);
    expect(discrepancy.rawLine).not.toMatch(/[0-9A-F]{32}/);
    const { body } = await world.get(`discrepancies?orderNo=${discrepancy.orderNo}&kind=amount-mismatch&state=Open`);
    expect(body.items).toEqual([discrepancy]);
    expect((await world.get('discrepancies?kind=nonsense')).status).toBe(400);
  });

  it('a lookup that finds the payment as asked suggests to accept it; accepting settles for the charge’s amount', async () => {
    const discrepancy = await altered();
    const lookup = await send(world, 'POST', `discrepancies/${discrepancy.id}/lookup`, {});
    expect(lookup).toMatchObject({ status: 200, body: { answer: 'found', suggestion: 'accept-as-paid' } });
    expect(lookup.body.found.amount).toBe(discrepancy.expected.amount);
    expect(JSON.stringify(lookup.body)).not.toContain('authKey');
    const accepted = await send(world, 'POST', `discrepancies/${discrepancy.id}/accept`, {
      outcome: 'paid',
      reason: 'T store has it for 5,500 won',
    });
    expect(accepted).toMatchObject({
      status: 200,
      body: { state: 'Accepted', actions: ['lookup'], decision: { by: ADMIN_ACTOR, acceptedAs: 'paid' } },
    });
    expect(await settlementsOf(discrepancy.chargeId)).toEqual([
      {
        kind: 'paid',
        amount: String(discrepancy.expected.amount),
        transaction_id: await transactionIdOf(discrepancy.orderNo),
        result_code: '0000',
        result_message: 'T store has it for 5,500 won',
        result_line_number: null,
        discrepancy_id: discrepancy.id,
      },
    ]);
    const { body: job } = await world.get(`bulk-payment-jobs/${discrepancy.jobId}`);
    expect(job.discrepancies).toEqual({ open: 0, accepted: 1, closed: 0 });
    const { body: charges } = await world.get(`bulk-payment-jobs/${discrepancy.jobId}/charges`);
    expect(charges.items.map((charge: JsonBody) => charge.state)).toEqual(Array(4).fill('Paid'));
  });

  it('a lookup that finds the payment refunded suggests to ask T store why', async () => {
    const discrepancy = await altered();
    const elsewhere = {
      transactionId: await transactionIdOf(discrepancy.orderNo),
      amount: won(discrepancy.expected.amount),
      isFull: true,
      payerAuthKey: null,
      refundTransactionId: null,
      note: null,
      paymentParts: null,
      link: null,
    };
    const { app } = world.service;
    const token = await app.get(AccessTokens).of('tstore').get();
    expect(await app.get(TstoreClient).refund(elsewhere, token.value)).toMatchObject({ kind: 'success' });
    const { body } = await send(world, 'POST', `discrepancies/${discrepancy.id}/lookup`, {});
    expect(body).toMatchObject({ answer: 'found', suggestion: 'ask-tstore' });
  });

  it('asks T store at most once a minute for the same transaction, and keeps every answer', async () => {
    const discrepancy = await altered();
    const path = `discrepancies/${discrepancy.id}`;
    const asked = () => world.simulator.control.calls().filter((call) => call.path.includes('/transaction/')).length;
    const before = asked();
    const first = await send(world, 'POST', `${path}/lookup`, {});
    expect(await send(world, 'POST', `${path}/lookup`, {})).toEqual(first);
    expect(asked()).toBe(before + 1);
    world.clock.advanceSeconds(61);
    await send(world, 'POST', `${path}/lookup`, {});
    expect(asked()).toBe(before + 2);
    expect((await world.get(path)).body.lookups).toHaveLength(2);
  });

  it.each([
    ['lookup-failing', {}, { answer: 'unknown', suggestion: 'look-up-later' }],
    ['lookup-refused', { status: 429 }, { answer: 'unknown', suggestion: 'look-up-later' }],
    ['lookup-refused', { resultCode: '4711' }, { answer: 'unknown', suggestion: 'look-up-later' }],
    ['lookup-refused', {}, { answer: 'refused', message: '8503 Under maintenance', suggestion: 'look-up-later' }],
    ['lookup-not-found', {}, { answer: 'not-found', message: '8007 No such transaction', suggestion: 'ask-tstore' }],
  ] as const)('%s %p suggests what follows from it, and changes nothing', async (kind, options, expected) => {
    const discrepancy = await altered();
    world.simulator.control.armFault({ kind, options });
    const { body } = await send(world, 'POST', `discrepancies/${discrepancy.id}/lookup`, {});
    expect(body).toMatchObject(expected);
    expect((await world.get(`discrepancies/${discrepancy.id}`)).body.state).toBe('Open');
    expect(await settlementsOf(discrepancy.chargeId)).toEqual([]);
    world.clock.advanceSeconds(11);
  });

  it('a missing answer has no transaction to ask for until one is named', async () => {
    const discrepancies = await discrepanciesOf(['result-lines-doubled', 'result-lines-missing'], 6);
    const missing = discrepancies.find((discrepancy) => discrepancy.kind === 'missing');
    const path = `discrepancies/${missing.id}`;
    expect(await send(world, 'POST', `${path}/lookup`, {})).toMatchObject({
      status: 400,
      body: { code: 'transaction-id-missing' },
    });
    const paid = { outcome: 'paid', reason: 'found by hand' };
    expect(await send(world, 'POST', `${path}/accept`, paid)).toMatchObject({ status: 400 });
    const transactionId = await transactionIdOf(missing.orderNo);
    const lookup = await send(world, 'POST', `${path}/lookup`, { transactionId });
    expect(lookup.body).toMatchObject({ suggestion: 'accept-as-paid' });
    // T store does not say whose it is, and a typed id may be a stranger's payment.
    const asked = await send(world, 'POST', `${path}/accept`, { ...paid, transactionId });
    expect(asked).toMatchObject({ status: 202, body: { state: 'Waiting' } });
    expect(await settlementsOf(missing.chargeId)).toEqual([]);
    expect((await agreed(world, asked)).status).toBe(200);
    expect(await settlementsOf(missing.chargeId)).toMatchObject([{ kind: 'paid', transaction_id: transactionId }]);
  });

  it('a payment that settled another charge settles no second one', async () => {
    const discrepancies = await discrepanciesOf(['result-lines-doubled', 'result-lines-missing'], 6);
    const missing = discrepancies.find((discrepancy) => discrepancy.kind === 'missing');
    const { body: charges } = await world.get(`bulk-payment-jobs/${missing.jobId}/charges`);
    const settled = charges.items.find((charge: JsonBody) => charge.state === 'Paid');
    const paid = { outcome: 'paid', reason: 'r' };
    const accept = (id: string, transactionId: string) =>
      send(world, 'POST', `discrepancies/${id}/accept`, { ...paid, transactionId });
    const refused = { status: 409, body: { code: 'transaction-settled' } };
    expect(await accept(missing.id, settled.transactionId)).toMatchObject(refused);
    // Nor one of another job.
    const others = await discrepanciesOf(['result-lines-doubled', 'result-lines-missing'], 6);
    const other = others.find((discrepancy) => discrepancy.kind === 'missing');
    expect(await accept(other.id, settled.transactionId)).toMatchObject(refused);
    // Nor one that another decision named.
    const transactionId = await transactionIdOf(missing.orderNo);
    expect((await agreed(world, await acceptAsPaid(world, missing.id, transactionId))).status).toBe(200);
    expect(await accept(other.id, transactionId)).toMatchObject(refused);
    expect((await world.get(`discrepancies/${other.id}`)).body.state).toBe('Open');
    expect(await settlementsOf(other.chargeId)).toEqual([]);
  });

  it('accepting one line of an order answered twice closes the other', async () => {
    const discrepancies = await discrepanciesOf(['result-lines-doubled', 'result-lines-missing'], 6);
    const [one, other] = discrepancies.filter((discrepancy) => discrepancy.kind === 'duplicate');
    await send(world, 'POST', `discrepancies/${one.id}/lookup`, {});
    const accept = (id: string) => send(world, 'POST', `discrepancies/${id}/accept`, { outcome: 'paid', reason: 'r' });
    const answers = await Promise.all([accept(one.id), accept(other.id)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(await settlementsOf(one.chargeId)).toHaveLength(1);
    const states = await Promise.all([one, other].map(({ id }) => world.get(`discrepancies/${id}`)));
    expect(states.map(({ body }) => body.state).sort()).toEqual(['Accepted', 'Closed']);
    expect(await send(world, 'POST', `discrepancies/${one.id}/close`, { reason: 'again' })).toMatchObject({
      status: 409,
      body: { code: 'state-conflict' },
    });
  });

  it('ten who accept at once settle once', async () => {
    const discrepancy = await altered();
    await send(world, 'POST', `discrepancies/${discrepancy.id}/lookup`, {});
    const body = { outcome: 'paid', reason: 'T store has it' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => send(world, 'POST', `discrepancies/${discrepancy.id}/accept`, body)),
    );
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(9);
    expect(await settlementsOf(discrepancy.chargeId)).toMatchObject([{ kind: 'paid', result_code: '0000' }]);
  });

  it('closing settles it neither as paid nor as declined, and is of what was seen', async () => {
    const discrepancy = await altered();
    await send(world, 'POST', `discrepancies/${discrepancy.id}/lookup`, {});
    const decide = (act: string, version: string) => {
      const body = { reason: 'refunded by hand', ...(act === 'accept' && { outcome: 'paid' }) };
      return send(world, 'POST', `discrepancies/${discrepancy.id}/${act}`, body, ifMatch({ version }));
    };
    for (const act of ['accept', 'close']) expect(await decide(act, '1')).toMatchObject(VERSION_CONFLICT);
    expect((await agreed(world, await decide('close', discrepancy.version))).status).toBe(200);
    expect(await decide('accept', discrepancy.version)).toMatchObject(VERSION_CONFLICT);
    expect((await world.get(`discrepancies/${discrepancy.id}`)).body).toMatchObject({
      state: 'Closed',
      decision: { acceptedAs: null, reason: expect.stringContaining('refunded by hand') },
    });
    expect(await settlementsOf(discrepancy.chargeId)).toMatchObject([
      { kind: 'closed', result_code: 'closed-by-decision', discrepancy_id: discrepancy.id },
    ]);
  });

  it('what names no charge of ours can’t be accepted', async () => {
    const discrepancies = await discrepanciesOf(['result-lines-unknown', 'result-lines-missing'], 6);
    const unknown = discrepancies.find((discrepancy) => discrepancy.kind === 'unknown-order');
    expect(unknown.actions).toEqual(['lookup', 'close']);
    const accepted = await send(world, 'POST', `discrepancies/${unknown.id}/accept`, { outcome: 'paid', reason: 'r' });
    expect(accepted).toMatchObject({ status: 409, body: { code: 'charge-missing' } });
    const close = () => send(world, 'POST', `discrepancies/${unknown.id}/close`, { reason: 'r' });
    // Somebody may have paid: nobody says that nothing follows before T store was asked.
    expect(await close()).toMatchObject({ status: 409, body: { code: 'lookup-required' } });
    await send(world, 'POST', `discrepancies/${unknown.id}/lookup`, {});
    expect((await agreed(world, await close())).status).toBe(200);
  });

  it.each([
    [{}, 'reason'],
    [{ outcome: 'paid', reason: '   ' }, 'reason'],
    [{ outcome: 'paid', reason: 'x'.repeat(501) }, 'reason'],
    [{ outcome: 'refunded', reason: 'r' }, 'outcome'],
    [{ outcome: 'paid', reason: 'r', transactionId: 'a b' }, 'transactionId'],
    [{ outcome: 'paid', reason: 'r', amount: 1 }, 'amount'],
  ])('refuses %j by naming %s, and changes nothing', async (body, field) => {
    const { body: page } = await world.get('discrepancies?state=Open&limit=1');
    const [open] = page.items;
    const refused = await send(world, 'POST', `discrepancies/${open.id}/accept`, body);
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toContain(field);
    expect((await world.get(`discrepancies/${open.id}`)).body.state).toBe('Open');
  });

  it('the day says what was found and what became of it, and both add up', async () => {
    const numbers = async () => {
      const rows = await world.service.app.get(DailyReport).days('2000-01-01' as SeoulDate, '2100-01-01' as SeoulDate);
      return rows.at(-1);
    };
    const discrepancy = await altered();
    const before = await numbers();
    expect(before).toMatchObject({ balanced: true });
    await acceptAsPaid(world, discrepancy.id);
    const after = await numbers();
    expect(after).toMatchObject({ balanced: true, quarantined: before?.quarantined });
    expect([after?.acceptedPaid.count, after?.open.count]).toEqual([
      Number(before?.acceptedPaid.count) + 1,
      Number(before?.open.count) - 1,
    ]);
    expect(after?.acceptedPaid.amount).toBe(Number(before?.acceptedPaid.amount) + discrepancy.expected.amount);
  });

  it('the job, in its page and in the list, says what was found and what became of it', async () => {
    const [one, other, third] = await discrepanciesOf(['result-amount-altered'], 8, 3);
    const { body: before } = await world.get(`bulk-payment-jobs/${one.jobId}`);
    expect(before.result.totals).toMatchObject({ quarantined: { count: 3 }, open: { count: 3 }, closed: { count: 0 } });
    expect((await acceptAsPaid(world, one.id)).status).toBe(200);
    expect((await closeSeen(world, other)).status).toBe(200);
    const { quarantined } = before.result.totals;
    const after = (await world.get(`bulk-payment-jobs/${one.jobId}`)).body.result.totals;
    expect(after).toMatchObject({
      quarantined,
      acceptedPaid: { count: 1, amount: one.expected.amount },
      acceptedDeclined: { count: 0, amount: 0 },
      closed: { count: 1, amount: other.expected.amount },
      open: { count: 1, amount: third.expected.amount },
    });
    const { body: list } = await world.get('bulk-payment-jobs?limit=1');
    expect(list.items[0].result.totals).toEqual(after);
    expect(await unbalanced()).toEqual([]);
  });

  it.each([
    ['is missing from the log', 'DELETE FROM settlement WHERE charge_id = $1', { count: 0, amount: 0 }],
    [
      'is in the log twice',
      `INSERT INTO settlement (position, charge_id, kind, amount, transaction_id, result_code, result_message,
         bulk_payment_job_id, discrepancy_id, settled_at)
       SELECT nextval('settlement_position'), charge_id, kind, amount, transaction_id || '-2', result_code, result_message,
         bulk_payment_job_id, -discrepancy_id, settled_at FROM settlement WHERE charge_id = $1`,
      { count: 2 },
    ],
    [
      'is in the log for another amount',
      'UPDATE settlement SET amount = 1 WHERE charge_id = $1',
      { count: 1, amount: 1 },
    ],
  ])('a decision that %s stops the line and unbalances its job', async (_how, sql, logged) => {
    const discrepancy = await altered();
    await acceptAsPaid(world, discrepancy.id);
    expect(await unbalanced()).toEqual([]);
    const database = world.service.app.get(Database);
    await database.execute('ALTER TABLE settlement DISABLE TRIGGER settlement_append_only');
    await database.execute('DROP INDEX settlement_charge_once');
    const rows = await settlementsOf(discrepancy.chargeId);
    expect(rows).toHaveLength(1);
    try {
      await database.execute(sql, [discrepancy.chargeId]);
      const [job] = await unbalanced();
      expect(job).toMatchObject({
        jobId: discrepancy.jobId,
        stated: { acceptedPaid: { count: 1, amount: discrepancy.expected.amount } },
        logged: { acceptedPaid: logged },
      });
      world.clock.advanceSeconds(86_400);
      const stop = await until('it is a line stop', async () => {
        await world.service.app.get(LineChecks).runOnce();
        const { body } = await world.get(`line-stops?jobId=${discrepancy.jobId}&state=Open`);
        return body.items.find((one: JsonBody) => one.kind === 'numbers-differ');
      });
      expect(stop.evidence.stated.acceptedPaid).toEqual([1, discrepancy.expected.amount]);
      expect(stop.evidence.found.acceptedPaid[0]).toBe(logged.count);
    } finally {
      await database.execute('DELETE FROM settlement WHERE charge_id = $1', [discrepancy.chargeId]);
      await database.execute(
        `INSERT INTO settlement (position, charge_id, kind, amount, transaction_id, result_code, result_message,
           bulk_payment_job_id, discrepancy_id, settled_at)
         SELECT nextval('settlement_position'), $1, 'paid', $2, $3, '0000', '', $4, $5, $6`,
        [
          ...[discrepancy.chargeId, discrepancy.expected.amount, await transactionIdOf(discrepancy.orderNo)],
          ...[discrepancy.jobId, discrepancy.id, world.clock.now()],
        ],
      );
      await database.execute(
        'CREATE UNIQUE INDEX settlement_charge_once ON settlement (charge_id) WHERE refund_id IS NULL',
      );
      await database.execute('ALTER TABLE settlement ENABLE TRIGGER settlement_append_only');
      expect(await unbalanced()).toEqual([]);
    }
  });

  it('there is no discrepancy 999999', async () => {
    expect((await world.get('discrepancies/999999')).body.code).toBe('discrepancy-not-found');
    expect((await send(world, 'POST', 'discrepancies/999999/close', { reason: 'r' })).status).toBe(404);
  });

  it('an accepted payment moves its subscription on by exactly one period', async () => {
    const id = await subscribe(world, 'discrepant', '2031-01-31');
    world.simulator.control.armFault({ kind: 'result-amount-altered' });
    await planOn(world, '2031-01-31');
    const [discrepancy] = await until('it is reconciled', async () => {
      await world.simulator.control.deliverNotifications();
      const { body } = await world.get(`discrepancies?orderNo=B20310131-${id}-1`);
      return body.items.length > 0 ? body.items : undefined;
    });
    expect(await subscriptionRow(world, id)).toMatchObject({ next: '2031-01-31', paidThrough: null });
    await acceptAsPaid(world, discrepancy.id);
    expect(await subscriptionRow(world, id)).toMatchObject({ next: '2031-02-28', paidThrough: '2031-02-28' });
    await send(world, 'POST', `discrepancies/${discrepancy.id}/accept`, { outcome: 'paid', reason: 'r' });
    expect(await subscriptionRow(world, id)).toMatchObject({ next: '2031-02-28', paidThrough: '2031-02-28' });
  });
});

describe('a job held for its discrepancies', () => {
  it('settles nothing until none is open, and then all that is clean', async () => {
    const world = await startWorld({
      simulator: { declineRate: 0 },
      environment: { SETTLEMENT_HOLD_ON_DISCREPANCY: 'true' },
    });
    try {
      world.simulator.control.armFault({ kind: 'result-amount-altered', options: { lines: 2, byWon: 1 } });
      const { body: uploaded } = await world.upload(requestFile(5, 'held-'));
      const held = await until('it is reconciled', async () => {
        await world.simulator.control.deliverNotifications();
        const { body } = await world.get(`bulk-payment-jobs/${uploaded.id}`);
        return body.result?.reconciledAt ? body : undefined;
      });
      expect(held).toMatchObject({ heldBy: 'open discrepancies', discrepancies: { open: 2 } });
      const { body: found } = await world.get(`discrepancies?jobId=${uploaded.id}`);
      const [first, second] = found.items;
      expect((await closeSeen(world, first)).status).toBe(200);
      expect((await world.get(`bulk-payment-jobs/${uploaded.id}`)).body).toMatchObject({
        heldBy: 'open discrepancies',
        result: { settledAt: null, linesApplied: 0 },
      });
      await acceptAsPaid(world, second.id);
      const settled = await world.settled(uploaded.id);
      expect(settled).toMatchObject({ heldBy: null, discrepancies: { open: 0, accepted: 1, closed: 1 } });
      const { body: charges } = await world.get(`bulk-payment-jobs/${uploaded.id}/charges`);
      expect(charges.items.filter((charge: JsonBody) => charge.state === 'Paid')).toHaveLength(4);
    } finally {
      await world.close();
    }
  });
});
