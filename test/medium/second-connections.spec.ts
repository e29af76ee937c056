import type { DataSource } from 'typeorm';
import { Database, openDataSource } from '../../src/platform/database';
import { KeptConnections } from '../../src/platform/database/kept-connections';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const REFUSED = 'asked the pool for a second connection inside a transaction';

describe('a transaction', () => {
  let own: TestDatabase;
  let dataSource: DataSource;
  let kept: KeptConnections;
  let database: Database;

  beforeAll(async () => {
    own = await createTestDatabase();
    dataSource = await openDataSource({ url: own.url, poolSize: 2 });
    kept = new KeptConnections(dataSource, undefined);
    await kept.onModuleInit();
    database = new Database(dataSource, kept);
  });

  afterAll(async () => {
    await kept.onApplicationShutdown();
    await dataSource.destroy();
    await own.drop();
  });

  it.each<[string, () => Promise<unknown>]>([
    ['rows', () => database.rows('SELECT 1')],
    ['a change', () => database.execute('DELETE FROM line_stop')],
    ['an entity', async () => database.manager.query('SELECT 1')],
    ['a transaction', () => database.transaction((session) => session.rows('SELECT 1'))],
  ])('that asks the pool for %s is refused where a test runs it', async (_, ask) => {
    await expect(database.transaction(ask)).rejects.toThrow(REFUSED);
    await expect(ask()).resolves.toBeDefined();
  });

  it('may set something going that asks the pool when it is over', async () => {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    const { later } = await database.transaction(async () => ({ later: over.then(() => database.rows('SELECT 1')) }));
    end();
    await expect(later).resolves.toHaveLength(1);
  });

  it('writes beside itself, as many of them at once as there are connections, and what it wrote stays', async () => {
    let both = (): void => undefined;
    const bothOpen = new Promise<void>((resolve) => (both = resolve));
    let open = 0;
    const written = [1, 2].map((id) =>
      database.transaction(async (session) => {
        await session.rows('SELECT 1');
        if (++open === 2) both();
        await bothOpen;
        await database.beside.execute('INSERT INTO pace (name, next_at) VALUES ($1, now())', [`beside ${id}`]);
        throw new Error('rolled back');
      }),
    );
    await Promise.all(written.map((one) => expect(one).rejects.toThrow('rolled back')));
    expect(await database.rows(`SELECT name FROM pace WHERE name LIKE 'beside %'`)).toHaveLength(2);
  });
});
