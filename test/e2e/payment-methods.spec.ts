import { Database } from '../../src/platform/database';
import { ADMIN_ACTOR, startWorld, type BillingWorld } from '../support/billing-world';
import { TOKEN_96, tokenOf } from '../support/request-files';
import { chargesOf, planOn, send, subscribe } from '../support/subscribers';

const DUE_ON = '2027-01-05';

describe('what a subscription is paid with', () => {
  let world: BillingWorld;
  let database: Database;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 } });
    database = world.service.app.get(Database);
    await database.execute(
      `INSERT INTO gateway_account (id, gateway, label, environment, purpose, identifiers, created_at, updated_at)
       VALUES ('toss-monthly', 'toss', 'Toss, monthly', 'simulator', 'any', '{}', $1, $1)`,
      [world.clock.now()],
    );
  });

  afterAll(() => world.close());

  const detailOf = async (id: string) => (await world.get(`subscriptions/${id}`)).body;

  /** A billing key of Toss's, as the room that registers it will store it. */
  async function billingKeyOf(customer: string): Promise<string> {
    const [method] = await database.rows<{ id: string }>(
      `INSERT INTO payment_method (customer_reference, gateway, gateway_account, kind, label, ciphertext, key_id, state,
         created_at)
       VALUES ($1, 'toss', 'toss-monthly', 'billing-key', 'Hyundai ****-1234', '\\x00', 'k1', 'Active', $2)
       RETURNING id`,
      [customer, world.clock.now()],
    );
    return method!.id;
  }

  const payBy = (id: string, method: string) =>
    database.execute('UPDATE subscription SET billing_token_hash = NULL, payment_method_id = $2 WHERE id = $1', [
      id,
      method,
    ]);

  it('is T store’s billing token, and what was before is kept with who replaced it', async () => {
    const id = await subscribe(world, 'ada', DUE_ON);
    const first = await detailOf(id);
    const ofTstore = { id: null, gateway: 'tstore', gatewayAccount: 'tstore', kind: 'billing-token', label: null };
    expect(first.paymentMethod).toEqual({ ...ofTstore, state: 'Active' });
    expect(first.endedMethods).toEqual([]);

    await send(world, 'PUT', `subscriptions/${id}/billing-token`, { billingToken: TOKEN_96 });
    const second = await detailOf(id);
    expect(second.paymentMethod).toEqual(first.paymentMethod);
    expect(second.endedMethods).toEqual([
      {
        ...ofTstore,
        id: expect.any(String),
        state: 'Replaced',
        billingTokenHashPrefix: first.billingTokenHashPrefix,
        createdAt: expect.any(String),
        endedAt: expect.any(String),
      },
    ]);
    const history = await database.rows(
      `SELECT from_state, to_state, cause, actor FROM payment_method_history WHERE payment_method_id = $1 ORDER BY id`,
      [second.endedMethods[0].id],
    );
    expect(history).toEqual([
      { from_state: null, to_state: 'Active', cause: 'registered', actor: ADMIN_ACTOR },
      { from_state: 'Active', to_state: 'Replaced', cause: 'billing token replaced', actor: ADMIN_ACTOR },
    ]);
  });

  it('has nothing to record where the same token comes again', async () => {
    const id = await subscribe(world, 'bo', DUE_ON);
    const { status } = await send(world, 'PUT', `subscriptions/${id}/billing-token`, { billingToken: tokenOf('bo') });
    expect(status).toBe(200);
    expect((await detailOf(id)).endedMethods).toEqual([]);
  });

  it('may be another gateway’s, which is asked for by a call of its own while everybody else is in a file', async () => {
    const [ofToss, ofTstore] = [await subscribe(world, 'cho', DUE_ON), await subscribe(world, 'dan', DUE_ON)];
    const method = await billingKeyOf('cho');
    await payBy(ofToss, method);
    const shown = await detailOf(ofToss);
    expect(shown).toMatchObject({
      paymentMethod: {
        id: method,
        gateway: 'toss',
        gatewayAccount: 'toss-monthly',
        kind: 'billing-key',
        state: 'Active',
        label: 'Hyundai ****-1234',
      },
      billingTokenHashPrefix: null,
    });
    expect(shown.actions).not.toContain('billing-token');
    const refused = await send(world, 'PUT', `subscriptions/${ofToss}/billing-token`, { billingToken: TOKEN_96 });
    expect(refused).toMatchObject({
      status: 400,
      body: { faults: [{ field: 'billingToken', expected: 'none: it is paid by a payment method of toss' }] },
    });

    await planOn(world, DUE_ON);
    expect(await chargesOf(world, ofTstore)).toEqual([`${DUE_ON} 5500`]);
    expect(await chargesOf(world, ofToss)).toEqual([`${DUE_ON} 5500`]);
    const { items } = (await world.get('direct-payments')).body;
    const orderNo = `B${DUE_ON.replaceAll('-', '')}-${ofToss}-1`;
    expect(items).toMatchObject([{ orderNo, gatewayAccount: 'toss-monthly', amount: 5_500 }]);
    expect((await world.get(`line-stops?subscriptionId=${ofToss}`)).body.items).toEqual([]);
  });

  it('is one of the two and never both, of an account of its own gateway, with a secret of its kind', async () => {
    const id = await subscribe(world, 'eun', DUE_ON);
    const method = await billingKeyOf('eun');
    const refused = (sql: string, parameters: unknown[], constraint: string) =>
      expect(database.execute(sql, parameters)).rejects.toMatchObject({ driverError: { constraint } });
    const both = 'UPDATE subscription SET payment_method_id = $2 WHERE id = $1';
    await refused(both, [id, method], 'subscription_paid_by_one');
    const none = 'UPDATE subscription SET billing_token_hash = NULL WHERE id = $1';
    await refused(none, [id], 'subscription_paid_by_one');
    const inserted = (gateway: string, account: string, kind: string, secret: string) =>
      `INSERT INTO payment_method (customer_reference, gateway, gateway_account, kind, ciphertext, key_id, state, created_at)
       VALUES ('eun', '${gateway}', '${account}', '${kind}', ${secret}, 'Active', $1)`;
    const at = [world.clock.now()];
    await refused(inserted('kakaopay', 'toss-monthly', 'sid', `'\\x00', 'k1'`), at, 'payment_method_account');
    await refused(inserted('toss', 'toss-monthly', 'billing-key', 'NULL, NULL'), at, 'payment_method_secret');
    await refused(inserted('toss', 'toss-monthly', 'billing-token', `'\\x00', 'k1'`), at, 'payment_method_secret');
    const gone = `state = 'Removed', ended_at = $2, erased_at = $2`;
    await refused(`UPDATE payment_method SET ${gone} WHERE id = $1`, [method, ...at], 'payment_method_secret');
    const early = 'ciphertext = NULL, key_id = NULL, erased_at = $2';
    await refused(
      `UPDATE payment_method SET ${early} WHERE id = $1`,
      [method, ...at],
      'payment_method_erased_when_ended',
    );
    await database.execute(`UPDATE payment_method SET state = 'Invalid' WHERE id = $1`, [method]);
    await refused(`UPDATE payment_method SET state = 'Active' WHERE id = $1`, [method], 'payment_method_arrow_known');
  });
});
