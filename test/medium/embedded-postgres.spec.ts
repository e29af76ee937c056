import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres';
import { built } from '../support/built';

const PROCESS = built('test/support/embedded-postgres.process');

describe('the embedded PostgreSQL', () => {
  let parent: string;
  let directory: string;
  let keptIn: string;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'embedded-postgres-'));
    // Reached by the account that runs the server when the tests run as root.
    await chmod(parent, 0o755);
    directory = join(parent, 'postgres');
    await mkdir(directory);
  });

  afterAll(async () => {
    await rm(keptIn, { recursive: true, force: true });
    await rm(parent, { recursive: true, force: true });
  });

  async function query<Row>(url: string, sql: string): Promise<Row[]> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  async function startElsewhere(): Promise<{ child: ChildProcess; url: string }> {
    const child = fork(PROCESS, [directory]);
    const [url] = (await once(child, 'message')) as [string];
    return { child, url };
  }

  it('keeps its data from start to start, in UTF-8, with checksums and a password', async () => {
    const first = await startEmbeddedPostgres({ directory, settings: { fsync: 'off' } });
    keptIn = first.directory;
    await query(first.url, "CREATE TABLE kept AS SELECT '어린이TV' AS name");
    expect(await query(first.url, 'SHOW server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
    expect(await query(first.url, 'SHOW data_checksums')).toEqual([{ data_checksums: 'on' }]);
    const withoutPassword = new URL(first.url);
    withoutPassword.password = 'wrong';
    await expect(query(withoutPassword.toString(), 'SELECT 1')).rejects.toThrow(/password/);
    expect((await stat(join(keptIn, 'password'))).mode & 0o077).toBe(0);
    await first.stop();
    await expect(query(first.url, 'SELECT 1')).rejects.toThrow();

    const second = await startEmbeddedPostgres({ directory });
    expect(await query(second.url, 'SELECT name FROM kept')).toEqual([{ name: '어린이TV' }]);
    await second.stop();
  });

  it('is taken over by whoever comes after one that was killed', async () => {
    const { child, url } = await startElsewhere();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await query(url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);

    const heir = await startEmbeddedPostgres({ directory });
    expect(new URL(heir.url).port).toBe(new URL(url).port);
    expect(heir.isShared).toBe(false);
    await heir.stop();
    await expect(query(url, 'SELECT 1')).rejects.toThrow();
  });

  it('is stopped by whoever ends last', async () => {
    const { child, url } = await startElsewhere();
    const guest = await startEmbeddedPostgres({ directory });
    expect(guest).toMatchObject({ url, isShared: true });
    await guest.stop();
    expect(await query(url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);

    const last = await startEmbeddedPostgres({ directory });
    child.send('stop');
    await once(child, 'exit');
    expect(await query(url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
    await last.stop();
    await expect(query(url, 'SELECT 1')).rejects.toThrow();
  });
});
