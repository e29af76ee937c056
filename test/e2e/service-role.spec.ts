import { Client } from 'pg';
import { readConfiguration } from '../../src/config';
import { startService } from '../../src/service';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { askRefund, paidCharges, refundInState } from '../support/refunds';
import { serviceEnvironment } from '../support/service-environment';
import { createRole, runMigrate, type TestRole } from '../support/service-role';
import { keyOf, planOn, send, settleAll, subscribe, subscriptionRow } from '../support/subscribers';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const REFUSED = { code: '42501' };

describe('a service under a role that owns none of its tables', () => {
  let role: TestRole;
  let world: BillingWorld;
  let asRole: Client;
  let asOwner: Client;

  beforeAll(async () => {
    role = await createRole();
    world = await startWorld({
      urlOf: async (database) => {
        expect(await runMigrate(database.url, '--grant-to', role.name)).toMatchObject({ status: 0, errors: '' });
        return role.urlOf(database);
      },
      simulator: { declineRate: 0 },
      environment: { REFUND_RATE_PER_MINUTE: '6000', RETRY_DAYS: '3' },
    });
    asRole = new Client({ connectionString: role.urlOf(world.database) });
    asOwner = new Client({ connectionString: world.database.url });
    await Promise.all([asRole.connect(), asOwner.connect()]);
  });

  afterAll(async () => {
    await Promise.all([asRole.end(), asOwner.end()]);
    await world.close();
    await role.drop();
  });

  it('bills a month: runs, a decline and its retry, an upload, a refund, keys, a discrepancy', async () => {
    const [kept, declined] = [
      await subscribe(world, 'kept', '2027-01-05'),
      await subscribe(world, 'late', '2027-01-05'),
    ];
    world.simulator.control.follow({ declineOrderNos: [`B20270105-${declined}-1`] });
    await planOn(world, '2027-01-05');
    await settleAll(world);
    await planOn(world, '2027-01-08');
    await settleAll(world);
    for (const id of [kept, declined]) expect(await subscriptionRow(world, id)).toMatchObject({ state: 'Active' });

    const [orderNo = ''] = await paidCharges(world, 3, 'paid-');
    const { body: refund } = await askRefund(world, orderNo);
    await refundInState(world, refund.id, 'Refunded');

    world.simulator.control.armFault({ kind: 'result-amount-altered' });
    await paidCharges(world, 2, 'altered-');
    const { body: open } = await world.get('discrepancies?state=Open');
    expect(open.items).toHaveLength(1);
    expect((await send(world, 'POST', `discrepancies/${open.items[0].id}/lookup`, {})).status).toBe(200);

    await keyOf(world, 'han@example.com', 'viewer');
    expect((await send(world, 'POST', 'kill-switch', { reason: 'drill' })).status).toBe(200);
    expect((await send(world, 'DELETE', 'kill-switch', { reason: 'over' })).status).toBe(200);
    expect((await world.get('summary')).body.stuck.map((one: { kind: string }) => one.kind)).toEqual(['discrepancies']);
    expect((await world.get('reports/unbalanced-jobs?from=2027-01-01&to=2027-01-31')).body.items).toEqual([]);
  });

  it('can’t change, take away, empty or unlock what is appended', async () => {
    const { rows: tables } = await asOwner.query<{ name: string; trigger: string }>(
      `SELECT tgrelid::regclass::text AS name, tgname AS trigger FROM pg_trigger
       WHERE tgfoid = 'refuse_change'::regproc AND tgtype & 16 <> 0 AND tgtype & 1 = 0 AND tgname LIKE '%_append_only'`,
    );
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'settlement',
        'charge',
        'audit_entry',
        'audit_outcome',
        'approval_history',
        'refund_history',
      ]),
    );
    for (const { name, trigger } of tables) {
      for (const statement of [
        `UPDATE ${name} SET ${await firstColumn(name)} = DEFAULT`,
        `DELETE FROM ${name}`,
        `TRUNCATE ${name}`,
        `DROP TRIGGER ${trigger} ON ${name}`,
        `ALTER TABLE ${name} DISABLE TRIGGER ${trigger}`,
        `DROP TABLE ${name}`,
        `CREATE TRIGGER mine BEFORE INSERT ON ${name} FOR EACH ROW EXECUTE FUNCTION refuse_change()`,
      ]) {
        await expect(asRole.query(statement)).rejects.toMatchObject(REFUSED);
      }
    }
  });

  it.each([
    `UPDATE api_key SET role = 'admin'`,
    `UPDATE refund SET amount = 1`,
    `UPDATE approval SET requested_by_owner = 'lee'`,
    `DELETE FROM api_key`,
    `DELETE FROM bulk_payment_job`,
    `DELETE FROM subscription`,
    `DELETE FROM notification_history`,
    `DELETE FROM schema_migration`,
    `INSERT INTO schema_migration (timestamp, name) VALUES (1, 'x')`,
    `SELECT setval('settlement_position', 1)`,
    `CREATE TABLE public.mine ()`,
    `CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
    `SET session_replication_role = replica`,
  ])('can’t %s', async (statement) => {
    await expect(asRole.query(statement)).rejects.toMatchObject(REFUSED);
  });

  it('keeps its rights, and is told them, when they are granted again; what is missing stops its start', async () => {
    const again = await runMigrate(world.database.url, `--grant-to=${role.name}`);
    expect(again.output).toContain(`The role "${role.name}" has these rights`);
    expect(again.output).toMatch(/SELECT, INSERT: .*\bsettlement\b/);
    expect(again.output).toMatch(/USAGE, CREATE: SCHEMA staging/);
    expect(await world.get('products')).toMatchObject({ status: 200 });

    await asOwner.query(`REVOKE INSERT ON settlement FROM ${role.name}`);
    await expect(start(role.urlOf(world.database))).rejects.toThrow(
      `DATABASE_URL: the role "${role.name}" lacks INSERT ON TABLE settlement: run npm run migrate -- --grant-to ${role.name}`,
    );
    await runMigrate(world.database.url, '--grant-to', role.name);
    await (await start(role.urlOf(world.database))).close();
  });

  it('leaves the schema to its owner: says so when it lags behind, and starts when it does not', async () => {
    await asOwner.query(`CREATE TABLE held AS SELECT * FROM schema_migration WHERE timestamp >= 1795300001000`);
    await asOwner.query(`DELETE FROM schema_migration USING held WHERE schema_migration.name = held.name`);
    await expect(start(role.urlOf(world.database))).rejects.toThrow(
      new RegExp(`migration\\(s\\) have not run, and the role "${role.name}" may not change the schema`),
    );
    await asOwner.query(`INSERT INTO schema_migration (id, timestamp, name) SELECT id, timestamp, name FROM held`);
    await asOwner.query(`DROP TABLE held`);
    await (await start(role.urlOf(world.database))).close();
  });

  async function firstColumn(table: string): Promise<string> {
    const { rows } = await asOwner.query<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum = 2`,
      [table],
    );
    return rows[0]?.name ?? '';
  }
});

describe('rights are not granted', () => {
  let database: TestDatabase;
  const roles: TestRole[] = [];

  beforeAll(async () => (database = await createTestDatabase()));
  afterAll(async () => {
    await database.drop();
    for (const role of roles.reverse()) await role.drop();
  });

  async function refusal(role: TestRole | string): Promise<string> {
    const { status, errors } = await runMigrate(
      database.url,
      '--grant-to',
      typeof role === 'string' ? role : role.name,
    );
    expect(status).toBe(1);
    return errors;
  }

  async function made(clauses?: string): Promise<TestRole> {
    const role = await createRole(clauses);
    roles.push(role);
    return role;
  }

  it('to a role that is not there, or that nothing can bind', async () => {
    expect(await refusal('nobody')).toContain('there is no role "nobody"');
    expect(await refusal(await made('LOGIN SUPERUSER'))).toContain('who owns the tables: no grant binds it');
    expect(await refusal(await made('LOGIN IN ROLE pg_write_all_data'))).toMatch(
      /may change \w+ by way of another role/,
    );
  });

  it('without a migrated database in reach, and a stranger is told whom to ask', async () => {
    const stranger = await made();
    await expect(start(stranger.urlOf(database))).rejects.toThrow(
      `the role "${stranger.name}" has no rights here; run npm run migrate -- --grant-to`,
    );
  });

  it('one by one to each login: a group hands them on', async () => {
    const group = await made('NOLOGIN');
    const member = await made(`LOGIN IN ROLE ${group.name}`);
    expect(await runMigrate(database.url, '--grant-to', group.name)).toMatchObject({ status: 0 });
    await (await start(member.urlOf(database))).close();
  });
});

function start(url: string) {
  return startService(readConfiguration(serviceEnvironment(url)), { drainTimes: { noticeMs: 0, finishMs: 5_000 } });
}
