import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDemo } from '../../demo/demo';
import { readConfiguration } from '../../src/config';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres';
import { startService } from '../../src/service';
import { serviceSettings } from '../../simulator';

describe('npm run demo', () => {
  let directory: string;
  const given = process.env.DATA_DIR;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'demo-'));
    // The embedded PostgreSQL runs under another account when the tests run as root.
    await chmod(directory, 0o755);
    process.env.DATA_DIR = directory;
  });

  afterAll(async () => {
    if (given === undefined) delete process.env.DATA_DIR;
    else process.env.DATA_DIR = given;
    await rm(directory, { recursive: true, force: true });
  });

  /** As `npm start` does with keys of one's own in `.env`. */
  async function startWithOwnKeys(encryptionKeys: string): Promise<void> {
    const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), log: () => undefined });
    try {
      const settings = {
        ...{ HOST: '127.0.0.1', PORT: '0', DATABASE_URL: postgres.url, DATA_DIR: directory, LOG_LEVEL: 'silent' },
        ...{ ENCRYPTION_KEYS: encryptionKeys, ADMIN_BOOTSTRAP_KEY: 'x'.repeat(32) },
        ...serviceSettings('http://127.0.0.1:9'),
      };
      await (await startService(readConfiguration(settings))).close();
    } finally {
      await postgres.stop();
    }
  }

  it('adds up again and again, whatever keys the data beside it has, and leaves that as it was', async () => {
    const own = `k1:${randomBytes(32).toString('base64')}`;
    const said: string[] = [];
    const demo = async (): Promise<boolean> => {
      const options = { subscriptions: 3, months: undefined, port: 0, print: (line: string) => void said.push(line) };
      const finished = await runDemo(options);
      await finished.close();
      return finished.addsUp;
    };
    await startWithOwnKeys(own);
    expect(await demo()).toBe(true);
    expect(said[0]).toContain(join(directory, 'demo'));
    await startWithOwnKeys(own);
    expect(await demo()).toBe(true);
  });
});
