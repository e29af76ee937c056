import { ADMIN_ACTOR } from '../support/people';
import { Products } from '../../src/product';
import { Database } from '../../src/platform/database';
import { bearer, startAdminWorld, type AdminWorld } from '../support/admin-world';
import type { JsonBody } from '../support/billing-world';
import { carrierPrice } from '../support/subscribers';
import { TOKEN_64 } from '../support/request-files';

const PRODUCT = { storeProductId: '0910024116', name: '동영상 클라우드 어린이TV', price: carrierPrice(5_500) };

describe('the audit log', () => {
  let world: AdminWorld;
  let database: Database;

  beforeAll(async () => {
    world = await startAdminWorld({ TRUSTED_PROXY_CIDRS: '127.0.0.0/8' });
    database = world.service.app.get(Database);
  });

  afterAll(() => world.close());

  async function entries(query = ''): Promise<JsonBody[]> {
    return (await world.call('GET', `audit-log?limit=1000&${query}`)).body.items;
  }

  it('says who changed what, from what to what, why, by which request and from where', async () => {
    const { id, token } = await world.key('operator', { name: 'night shift' });
    const headers = { ...bearer(token), 'x-request-id': 'request-of-the-change' };
    const created = await world.call('POST', 'products', { body: PRODUCT, headers });
    const product = created.body;
    await world.call('PATCH', `products/${product.id}`, { body: { active: false }, headers });
    const [change, creation] = await entries(`apiKeyId=${id}`);
    const who = { actor: `night shift (key ${id})`, apiKeyId: id, requestId: 'request-of-the-change' };
    expect(creation).toMatchObject({
      ...who,
      operation: 'products.create',
      resource: 'products',
      resourceId: product.id,
      before: null,
      address: '127.0.0.1',
      outcome: { status: 201, code: null, after: product },
    });
    expect(change).toMatchObject({
      ...who,
      operation: 'products.change',
      resourceId: product.id,
      before: product,
      outcome: {
        status: 200,
        after: { ...product, active: false, version: expect.not.stringMatching(product.version) },
      },
    });
    await world.call('POST', 'kill-switch', { body: { reason: 'drill' } });
    const [stop] = await entries('resource=kill-switch');
    expect(stop).toMatchObject({
      operation: 'killSwitch.engage',
      apiKeyId: '1',
      actor: ADMIN_ACTOR,
      reason: 'drill',
      before: { engaged: false },
      outcome: { after: { engaged: true, reason: 'drill' } },
    });
  });

  it('has refused calls too, and those that failed', async () => {
    await world.call('PATCH', 'products/999', { body: { active: false } });
    await world.call('PATCH', 'products/%00', { body: { active: false } });
    await world.call('POST', 'kill-switch', { body: { reason: 'a\0b' } });
    expect((await entries()).slice(0, 3)).toMatchObject([
      { operation: 'killSwitch.engage', outcome: { status: 400, code: 'invalid-request', after: null } },
      { operation: 'products.change', resourceId: null, outcome: { status: 400, code: 'invalid-request' } },
      { operation: 'products.change', resourceId: '999', outcome: { status: 404, code: 'product-not-found' } },
    ]);
  });

  it('has no call that only reads, and none that was not let in', async () => {
    const before = (await entries()).length;
    const { token } = await world.key('viewer');
    await world.call('GET', 'products', { headers: bearer(token) });
    await world.call('POST', 'products', { body: PRODUCT, headers: bearer(token) });
    await world.call('POST', 'billing-runs/dry-run', { body: { date: '2027-01-05' } });
    expect((await entries()).length).toBe(before + 1);
  });

  it('keeps no secret', async () => {
    const body = {
      customerReference: 'customer',
      storeProductId: 'secretless',
      billingToken: TOKEN_64,
      startedOn: '2027-01-05',
    };
    await world.call('POST', 'products', { body: { ...PRODUCT, storeProductId: 'secretless' } });
    expect((await world.call('POST', 'subscriptions', { body })).status).toBe(201);
    const key = await world.key('admin');
    const all = JSON.stringify(await entries());
    expect(all).toContain('subscriptions.create');
    expect(all).not.toContain(TOKEN_64);
    expect(all).not.toContain(key.token);
  });

  it('lets nothing happen that it can’t write down', async () => {
    await database.execute('ALTER TABLE audit_entry RENAME TO audit_entry_away');
    const refused = await world
      .call('POST', 'products', { body: { ...PRODUCT, storeProductId: 'unaudited' } })
      .finally(() => database.execute('ALTER TABLE audit_entry_away RENAME TO audit_entry'));
    expect(refused.status).toBe(500);
    expect(
      (await world.service.app.get(Products).list({ active: undefined, beforeId: undefined, limit: 100 })).map(
        (product) => product.storeProductId,
      ),
    ).not.toContain('unaudited');
  });

  it('shows a call whose process ended in the middle as one without outcome', async () => {
    await database.execute('ALTER TABLE audit_outcome RENAME TO audit_outcome_away');
    const changed = await world
      .call('DELETE', 'kill-switch', { body: { reason: 'drill over' } })
      .finally(() => database.execute('ALTER TABLE audit_outcome_away RENAME TO audit_outcome'));
    expect(changed).toMatchObject({ status: 200, body: { engaged: false } });
    expect((await entries('operation=killSwitch.release'))[0]).toMatchObject({ reason: 'drill over', outcome: null });
    expect(world.logLines.join('')).toContain('outcome of an audited call not noted');
  });

  it.each(['audit_entry', 'audit_outcome'])('refuses to be changed or shortened: %s', async (table) => {
    for (const sql of [`UPDATE ${table} SET at = now()`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
      await expect(database.execute(sql)).rejects.toThrow(/append-only/);
    }
  });

  it('is read by filter, page by page', async () => {
    const all = await entries();
    const from = all.at(-2).at;
    expect((await entries(`until=${encodeURIComponent(from)}`)).map((entry) => entry.id)).toEqual([all.at(-1).id]);
    expect((await entries(`from=${encodeURIComponent(from)}`)).length).toBe(all.length - 1);
    expect((await entries('requestId=request-of-the-change')).length).toBe(2);
    const byOwner = await entries('owner=operator@example.com');
    expect(byOwner.map((entry) => entry.operation)).toEqual(['products.change', 'products.create']);
    expect(await entries(`actor=${encodeURIComponent(byOwner[0].actor)}`)).toEqual(byOwner);
    const { resourceId } = all.find((entry) => entry.operation === 'products.change' && entry.resourceId !== null);
    expect((await entries(`resource=products&resourceId=${resourceId}`)).length).toBeGreaterThan(0);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await world.call('GET', `audit-log?limit=2${cursor && `&cursor=${cursor}`}`);
      paged.push(...body.items.map((entry: JsonBody) => entry.id));
      cursor = body.nextCursor;
    }
    expect(paged).toEqual(all.map((entry) => entry.id));
    expect((await world.call('GET', 'audit-log?from=yesterday')).status).toBe(400);
  });
});
