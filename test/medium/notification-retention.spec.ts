import { Client } from 'pg';
import { NotificationRetention } from '../../src/inbox';
import { startWorld, type BillingWorld } from '../support/billing-world';

/** Rows as the listener and the verifying step leave them. */
const INSERT = `
  INSERT INTO notification (message_key, raw_body, source_address, received_at, last_received_at, repeat_count, state,
    next_attempt_at)
  SELECT sha256(($1 || row)::bytea), convert_to(repeat('x', $4), 'UTF8'), $1, $2::timestamptz, $2::timestamptz, 0,
    'Received', 'infinity'
  FROM generate_series(1, $3) AS row`;
const DECIDED = `
  UPDATE notification SET state = $2, next_attempt_at = NULL,
    verified_at = CASE $2 WHEN 'Verified' THEN received_at END, rejected_at = CASE $2 WHEN 'Rejected' THEN received_at END
  WHERE source_address = $1`;

describe('what strangers left behind', () => {
  let world: BillingWorld;
  let client: Client;
  let retention: NotificationRetention;

  beforeAll(async () => {
    world = await startWorld({ environment: { ROLE: 'admin,scheduler', NOTIFICATION_RETENTION_DAYS: '30' } });
    client = new Client({ connectionString: world.database.url });
    await client.connect();
    retention = world.service.app.get(NotificationRetention, { strict: false });
  });

  afterAll(async () => {
    await client.end();
    await world.close();
  });

  async function insert(source: string, state: string, daysAgo: number, count = 1, bytes = 10): Promise<void> {
    await client.query(INSERT, [source, new Date(Date.now() - daysAgo * 86_400_000), count, bytes]);
    if (state !== 'Received') await client.query(DECIDED, [source, state]);
  }

  async function pruned(): Promise<Record<string, number>> {
    world.clock.advanceSeconds(3_601);
    while ((await retention.runOnce()).done > 0);
    const { rows } = await client.query<{ source: string; count: number }>(
      'SELECT source_address AS source, count(*)::int AS count FROM notification GROUP BY 1 ORDER BY 1',
    );
    return Object.fromEntries(rows.map(({ source, count }) => [source, count]));
  }

  it('goes when it is old, with its history, and nothing goes that PNS confirmed or is to be asked about', async () => {
    await insert('old', 'Rejected', 31);
    await insert('young', 'Rejected', 29);
    await insert('confirmed', 'Verified', 400);
    await insert('waits', 'Received', 400);
    await client.query(`
      INSERT INTO notification_history (notification_id, from_state, to_state, cause, actor, at)
      SELECT id, 'Received', 'Rejected', 'disown', 'scheduler', received_at FROM notification WHERE state = 'Rejected'`);
    expect(await pruned()).toEqual({ young: 1, confirmed: 1, waits: 1 });
    expect((await client.query('SELECT FROM notification_history')).rowCount).toBe(1);
  });

  it('goes beyond a thousand messages and a megabyte of one source, the oldest first', async () => {
    await insert('many', 'Rejected', 1, 7_000);
    await insert('large', 'Rejected', 1, 1_000, 16_000);
    await insert('kept', 'Verified', 1, 1_200);
    const latest = await client.query<{ id: string }>(
      `SELECT max(id) AS id FROM notification WHERE source_address = 'many'`,
    );
    expect(await pruned()).toMatchObject({ many: 1_000, large: 65, kept: 1_200 });
    expect((await client.query('SELECT FROM notification WHERE id = $1', [latest.rows[0]?.id])).rowCount).toBe(1);
  });

  it.each([
    [`DELETE FROM notification WHERE state = 'Verified'`],
    ['DELETE FROM notification_history'],
    [`UPDATE notification_history SET actor = 'x'`],
    ['TRUNCATE notification_history'],
    ['TRUNCATE notification CASCADE'],
  ])('%s is refused', async (sql) => {
    await expect(client.query(sql)).rejects.toMatchObject({ code: '23001' });
  });
});
