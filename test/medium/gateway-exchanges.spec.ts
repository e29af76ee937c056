import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { ExchangeRetention, GatewayExchange, GatewayExchanges } from '../../src/gateways/exchange';
import { SystemClock } from '../../src/platform/clock';
import { KeyRing } from '../../src/platform/crypto';
import { Database, openDataSource } from '../../src/platform/database';
import type { HttpOutcome } from '../../src/platform/http-client';
import type { Logger } from '../../src/platform/logging';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const KEYS = new KeyRing({ keys: [{ keyId: 'first', key: randomBytes(32) }] });
const CONFIRM = {
  gateway: 'toss',
  account: 'toss',
  operation: 'confirm',
  orderNo: 'order-1',
  idempotencyKey: 'one',
  request: { method: 'POST', path: '/v1/payments/confirm', body: '{"amount":500,"secret":"s3cret"}' },
  secrets: [],
} as const;
const ANSWER: HttpOutcome<Buffer> = {
  kind: 'answered',
  status: 200,
  headers: {},
  requestComplete: true,
  body: Buffer.from('{"status":"DONE","secret":"s3cret"}'),
};

describe('evidence of calls', () => {
  let testDatabase: TestDatabase;
  let dataSource: DataSource;
  let database: Database;
  let exchanges: GatewayExchanges;
  const told: string[] = [];
  const logger = { info: () => undefined, error: (text: string) => void told.push(text) } as unknown as Logger;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    dataSource = await openDataSource({ url: testDatabase.url, poolSize: 4, entities: [GatewayExchange] });
    database = new Database(dataSource);
    exchanges = new GatewayExchanges(database, KEYS, new SystemClock(), logger);
    told.length = 0;
    await database.execute(
      `INSERT INTO gateway_account (id, gateway, label, environment, purpose, identifiers, created_at, updated_at)
       VALUES ('toss', 'toss', 'Toss', 'simulator', 'any', '{}', now(), now())`,
    );
  });
  afterEach(async () => {
    await dataSource.destroy();
    await testDatabase.drop();
  });

  const rows = () => exchanges.list({}, { beforeId: undefined, limit: 10 });

  it('is there before the call, without an answer, and stays so when whoever sent it never comes back', async () => {
    const died = new Error('killed');
    const call = async (): Promise<never> => {
      expect(await rows()).toMatchObject([{ operation: 'confirm', orderNo: 'order-1', endedAt: null, outcome: null }]);
      throw died;
    };
    await expect(exchanges.moving(CONFIRM, call)).rejects.toBe(died);
    const [row] = await rows();
    expect(row).toMatchObject({ endedAt: null, httpStatus: null });
    expect(await exchanges.open(row?.id ?? '')).toEqual({
      request: { method: 'POST', path: '/v1/payments/confirm', body: '{"amount":500,"secret":"***"}' },
      answer: null,
    });
  });

  it('has the answer after it, sealed, and the same key for the same call', async () => {
    const answered = () => Promise.resolve({ outcome: ANSWER, answer: { kind: 'success', value: 1 } as const });
    await exchanges.moving(CONFIRM, answered);
    await exchanges.moving(CONFIRM, answered);
    const [second, first] = await rows();
    expect(first).toMatchObject({ httpStatus: 200, outcome: 'success', resultCode: null });
    expect(first?.idempotencyKeyHash).toEqual(second?.idempotencyKeyHash);
    expect((await exchanges.open(first?.id ?? '')).answer).toEqual({ body: '{"status":"DONE","secret":"***"}' });
    const [stored] = await database.rows<{ text: string }>(
      `SELECT string_agg(encode(ciphertext, 'escape'), '') AS text FROM gateway_exchange`,
    );
    expect(stored?.text).not.toContain('confirm');
  });

  it('that can’t be kept keeps the call back, and an answer that can’t be kept goes on', async () => {
    const call = jest.fn(() => Promise.resolve({ outcome: ANSWER, answer: { kind: 'success', value: 1 } as const }));
    await expect(exchanges.moving({ ...CONFIRM, account: 'nobody' }, call)).rejects.toThrow();
    expect(call).not.toHaveBeenCalled();
    const ending = async () => {
      await database.execute(`UPDATE gateway_exchange SET ended_at = now(), outcome = 'unknown'`);
      return { outcome: ANSWER, answer: { kind: 'success', value: 7 } as const };
    };
    expect(await exchanges.moving(CONFIRM, ending)).toEqual({ kind: 'success', value: 7 });
    expect(told).toHaveLength(1);
    expect(await rows()).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('keeps lookups that were answered, by the order they turn out to be of', async () => {
    const lookUp = { ...CONFIRM, operation: 'look-up', orderNo: undefined, transactionId: 'tshop1' } as const;
    const silent = { kind: 'unanswered', reason: 'answer-timeout', code: undefined, mayHaveArrived: true } as const;
    const unknown = { kind: 'unknown', reason: 'answer-timeout', message: '', mayHaveArrived: true } as const;
    await exchanges.asking(lookUp, () => Promise.resolve({ outcome: silent, answer: unknown }));
    expect(await rows()).toEqual([]);
    const found = { kind: 'success', value: { orderId: 'order-7' } } as const;
    const orderNoOf = ({ orderId }: { orderId: string }) => orderId;
    await exchanges.asking(lookUp, () => Promise.resolve({ outcome: ANSWER, answer: found }), orderNoOf);
    expect(await rows()).toMatchObject([{ operation: 'look-up', orderNo: 'order-7', transactionId: 'tshop1' }]);
  });

  it('can’t be changed once it has ended, nor what it is about ever', async () => {
    await exchanges.moving(CONFIRM, () =>
      Promise.resolve({ outcome: ANSWER, answer: { kind: 'success', value: 1 } as const }),
    );
    await expect(database.execute(`UPDATE gateway_exchange SET http_status = 500`)).rejects.toThrow();
    await expect(database.execute(`UPDATE gateway_exchange SET order_no = 'other'`)).rejects.toThrow();
    await expect(database.execute(`TRUNCATE gateway_exchange`)).rejects.toThrow();
  });

  it('is taken away when it is older than it is kept, and not before', async () => {
    const retention = (days: number) =>
      new ExchangeRetention(database, new SystemClock(), logger, { retentionDays: days });
    await database.execute(
      `INSERT INTO gateway_exchange (gateway, gateway_account, operation, order_no, started_at, seal, ciphertext, key_id)
       SELECT 'toss', 'toss', 'confirm', days::text, now() - days * interval '1 day', gen_random_uuid(), '', ''
       FROM unnest(ARRAY[29, 31]) AS days`,
    );
    expect(await retention(32).runOnce()).toEqual({ done: 0, postponed: 0 });
    expect(await retention(30).runOnce()).toEqual({ done: 1, postponed: 0 });
    expect(await rows()).toMatchObject([{ orderNo: '29' }]);
  });
});
