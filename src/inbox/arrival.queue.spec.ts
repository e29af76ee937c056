import { performance } from 'node:perf_hooks';
import { openRootLogger } from '../platform/logging';
import { Metrics } from '../platform/metrics';
import type { Arrival, CountedArrival } from './arrival';
import { ArrivalQueue } from './arrival.queue';
import type { ArrivalStore } from './arrival.store';

const { logger } = openRootLogger(
  { level: 'silent', directory: undefined, retentionDays: 1 },
  { destination: { write: () => undefined } },
);

/** Holds each batch until the test lets it go, so that what gathers meanwhile can be seen. */
class HeldStore {
  readonly batches: { keys: string[]; repeats: number[] }[] = [];
  private held: { resolve: (toNobody: number[]) => void; reject: (error: Error) => void }[] = [];

  store(arrivals: readonly CountedArrival[]): Promise<readonly number[]> {
    this.batches.push({
      keys: arrivals.map(({ arrival }) => arrival.key.toString()),
      repeats: arrivals.map(({ repeats }) => repeats),
    });
    return new Promise((resolve, reject) => this.held.push({ resolve, reject }));
  }

  async letGo(error?: Error): Promise<void> {
    const held = this.held.shift();
    if (error) held?.reject(error);
    else held?.resolve([]);
    await turn();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

const arrivalOf = (key: string, bytes = 2): Arrival => ({
  key: Buffer.from(key),
  gateway: 'tstore',
  gatewayAccount: null,
  signedHeaders: null,
  callbackTokenHash: null,
  members: { notifyVersion: null, event: null, status: null, gatewayJobId: null, updateTime: null },
  otherMembers: null,
  body: Buffer.alloc(bytes),
  contentType: null,
  sourceAddress: null,
  receivedAt: new Date(0),
});

const rowFault = Object.assign(new Error('value too long'), { code: '22001' });
const outage = Object.assign(new Error('terminating connection'), { code: '57P01' });

describe('the queue of arrivals', () => {
  let store: HeldStore;
  let queue: ArrivalQueue;

  beforeEach(() => {
    store = new HeldStore();
    queue = new ArrivalQueue(store as unknown as ArrivalStore, logger, new Metrics());
  });

  afterEach(() => jest.restoreAllMocks());

  /** Adds an arrival. @returns what became of it, as it is known by now */
  function add(key: string, bytes?: number): { fate: string } {
    const seen = { fate: 'waiting' };
    queue.add(arrivalOf(key, bytes)).then(
      () => (seen.fate = 'stored'),
      (error: Error & { code?: string }) => (seen.fate = error.code ?? error.message),
    );
    return seen;
  }

  it('stores a single one at once', async () => {
    const single = add('a');
    await turn();
    expect(store.batches).toEqual([{ keys: ['a'], repeats: [0] }]);
    expect(single.fate).toBe('waiting');
    await store.letGo();
    expect(single.fate).toBe('stored');
  });

  it('lets those that came while a batch was in flight share the next, sorted, the same one counted', async () => {
    add('m');
    await turn();
    const followers = ['z', 'b', 'm', 'b', 'b'].map((key) => add(key));
    await turn();
    expect(store.batches).toHaveLength(1);
    await store.letGo();
    expect(store.batches[1]).toEqual({ keys: ['b', 'm', 'z'], repeats: [2, 0, 0] });
    expect(followers.map(({ fate }) => fate)).toEqual(Array(5).fill('waiting'));
    await store.letGo();
    expect(followers.map(({ fate }) => fate)).toEqual(Array(5).fill('stored'));
  });

  it('stores each by itself when one row makes the batch fail, and fails that one only', async () => {
    const all = ['a', 'bad', 'c', 'bad'].map((key) => add(key));
    await turn();
    await store.letGo(rowFault);
    await store.letGo();
    await store.letGo(rowFault);
    await store.letGo();
    expect(store.batches.slice(1).map(({ keys }) => keys)).toEqual([['a'], ['bad'], ['c']]);
    expect(all.map(({ fate }) => fate)).toEqual(['stored', 'database-unavailable', 'stored', 'database-unavailable']);
  });

  it('does not try one by one when the database is away, and goes on with the next batch', async () => {
    const lost = [add('a'), add('b')];
    await turn();
    const next = add('c');
    await store.letGo(outage);
    expect(lost.map(({ fate }) => fate)).toEqual(['database-unavailable', 'database-unavailable']);
    await store.letGo();
    expect(next.fate).toBe('stored');
    expect(store.batches.map(({ keys }) => keys)).toEqual([['a', 'b'], ['c']]);
  });

  it('bounds a batch', async () => {
    for (let index = 0; index < 600; index++) add(`key ${index}`);
    await turn();
    await store.letGo();
    await store.letGo();
    await store.letGo();
    expect(store.batches.map(({ keys }) => keys.length)).toEqual([256, 256, 88]);
  });

  it('refuses more than it could store in time, by number and by bytes, and takes more when it is shorter', async () => {
    const KIBIBYTE = 1024;
    const large = Array.from({ length: 2_100 }, (_, index) => add(`large ${index}`, 16 * KIBIBYTE));
    await turn();
    expect(large.filter(({ fate }) => fate === 'database-unavailable')).toHaveLength(2_100 - 2_048);
    const many = Array.from({ length: 10_000 }, (_, index) => add(`small ${index}`, 1));
    await turn();
    expect(many.filter(({ fate }) => fate === 'database-unavailable').length).toBeGreaterThan(1_000);
    await store.letGo();
    expect(add('after').fate).toBe('waiting');
  });

  it('refuses what has waited so long that PNS might not hear the answer', async () => {
    let nowMs = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
    add('first');
    await turn();
    const late = add('late');
    nowMs = 4_600;
    const recent = add('recent');
    await store.letGo();
    expect([late.fate, recent.fate]).toEqual(['database-unavailable', 'waiting']);
    expect(store.batches[1]?.keys).toEqual(['recent']);
  });
});
