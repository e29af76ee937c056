import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDemo } from '../../demo/demo';
import { reckonToss } from '../../demo/toss-reckoning';
import { readConfiguration } from '../../src/config';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres';
import { startService } from '../../src/service';
import { serviceSettings, type Simulator, type TossBookTotals } from '../../simulator';

const PAID_BY_CARD = / paid by registered cards +12 +94,800 won/;
const BOOKS = { toss: { approvedCount: 1, approvedAmount: 5_500, canceledCount: 1, canceledAmount: 500 } };

/** Of a terminal, on which a syllable of Hangul is as wide as two letters. */
function widthOf(line: string): number {
  return line.replace(/[\u1100-\u115F\uAC00-\uD7A3]/g, '한글').length;
}

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
    // But for where the data is.
    expect(said.filter((line) => widthOf(line) > 80 && !line.includes(directory))).toEqual([]);
    const shown = said.join('\n').split('Result at Toss Payments:').slice(1);
    expect(shown.map((result) => PAID_BY_CARD.exec(result)?.[0])).toEqual(Array(2).fill(expect.any(String)));
    expect(said.filter((line) => line.includes('declined: REJECT_CARD_PAYMENT'))).toHaveLength(2);
  });

  it('does not add up when a gateway’s book has anything that ours have not', () => {
    const { toss } = BOOKS;
    const payments = [{ id: '1', amount: 5_500, state: 'Paid', origin: 'method' as const }];
    const refund = { state: 'Refunded', amount: 500 };
    const failing = (book: Partial<TossBookTotals>): string[] => {
      const totals = { ...toss, ...book } as TossBookTotals;
      const simulator = { toss: { bookTotals: () => totals, repeatedOrders: () => [] } } as unknown as Simulator;
      const { checks } = reckonToss({ payments, refund }, simulator);
      return checks.filter(({ holds }) => !holds).map(({ what }) => what);
    };
    expect(failing({})).toEqual([]);
    expect(failing({ approvedCount: 2, approvedAmount: 11_000 })).toEqual(["paid = what Toss's own book has approved"]);
    expect(failing({ canceledAmount: 501 })).toEqual(["given back = what Toss's own book has given back"]);
  });
});
