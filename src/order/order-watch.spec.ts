import { won } from '../kernel/won';
import type { KnownOrder, OrderAsRead } from './order-changes';
import { causeOfDecline } from './order-failure';
import { OrderWatch, type FollowedOrder, type OrderStep } from './order-watch';
import type { Order } from './order.entity';
import type { OrderState } from './order.state';

const ORDER = {
  ...{ id: '7', reference: 'shop-7', name: '공책', amount: won(3_000), expiresAt: new Date(0), state: 'Created' },
  ...{ failureCode: null, failureMessage: null },
} as Order;

/** The history of the order, as the database has it. */
class History {
  readonly entries: { id: string; toState: OrderState; cause: string; reason: string | null }[] = [];
  isAway = false;
  looks = 0;

  add(toState: OrderState, cause = 'test', reason: string | null = null): void {
    this.entries.push({ id: String(1_000 + this.entries.length), toState, cause, reason });
  }

  async among(known: readonly KnownOrder[]): Promise<string[]> {
    this.looks += 1;
    if (this.isAway) throw new Error('connection refused');
    const latest = this.entries.at(-1)?.id ?? '0';
    return known.filter(({ entryId }) => BigInt(entryId) < BigInt(latest)).map(({ id }) => id);
  }

  async read(ids: readonly string[]): Promise<Map<string, OrderAsRead>> {
    if (this.isAway) throw new Error('connection refused');
    return new Map(ids.map((id) => [id, { entries: [...this.entries], deposit: undefined }]));
  }
}

describe('watching orders', () => {
  const warned: string[] = [];
  let history: History;
  let watch: OrderWatch;
  let told: OrderStep[];

  beforeEach(() => {
    jest.useFakeTimers();
    warned.length = 0;
    told = [];
    history = new History();
    history.add('Created');
    const log = (line: string): void => void warned.push(line);
    watch = new OrderWatch(history as never, { warn: log, info: log } as never);
  });

  afterEach(() => {
    watch.onApplicationShutdown();
    jest.useRealTimers();
  });

  const follow = (tell = (step: OrderStep) => void told.push(step)): Promise<FollowedOrder> =>
    watch.follow(ORDER, undefined, tell);
  const second = (): Promise<void> => jest.advanceTimersByTimeAsync(1_000);
  const states = (steps: readonly OrderStep[]) => steps.map(({ order }) => order.state);

  it('tells every step within a second, also those that came together, each as it was', async () => {
    expect(states((await follow()).unseen)).toEqual(['Created']);
    history.add('Ready');
    history.add('Confirming');
    history.add('Ready', causeOfDecline('REJECT_CARD_PAYMENT'), 'over its limit');
    history.add('Confirming');
    await second();
    expect(states(told)).toEqual(['Ready', 'Confirming', 'Ready', 'Confirming']);
    expect(told.map(({ order }) => order.failureCode)).toEqual([
      null,
      null,
      'REJECT_CARD_PAYMENT',
      'REJECT_CARD_PAYMENT',
    ]);
    history.add('Paid');
    await second();
    expect(told.at(-1)).toMatchObject({
      position: { steps: 6 },
      order: { state: 'Paid', failureCode: null, failureMessage: null },
      isEnd: true,
    });
  });

  it('tells what was missed while the database was away, says so once, and goes on', async () => {
    await follow();
    history.isAway = true;
    history.add('Ready');
    await second();
    await second();
    expect([told, warned]).toEqual([[], ['orders that customers follow can’t be read']]);
    history.isAway = false;
    await second();
    expect(states(told)).toEqual(['Ready']);
    expect(warned.at(-1)).toBe('orders that customers follow are read again');
  });

  it('asks nothing while nobody follows', async () => {
    const one = await follow();
    const other = await follow(() => undefined);
    await second();
    one.stop();
    await second();
    expect(history.looks).toBeGreaterThan(2);
    other.stop();
    const { looks } = history;
    history.add('Ready');
    await second();
    expect([history.looks, told]).toEqual([looks, []]);
    await follow();
    await second();
    expect(history.looks).toBeGreaterThan(looks);
  });

  it('tells those who came at different times the same, each once', async () => {
    await follow();
    history.add('Ready');
    const later: OrderStep[] = [];
    const { unseen } = await follow((step) => void later.push(step));
    history.add('Canceled');
    await second();
    expect([states(told), states([...unseen, ...later])]).toEqual([
      ['Ready', 'Canceled'],
      ['Ready', 'Canceled'],
    ]);
  });
});
