import { parse } from 'csv-parse/sync';
import { readXlsx } from 'hucre';
import { seoulDateAt } from '../../src/kernel/seoul-calendar';
import { ADMIN_KEY, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { REQUEST_HEADER } from '../support/request-files';
import { askRefund, refundInState, runRefunds } from '../support/refunds';

const DAY_SECONDS = 86_400;
const PRODUCTS = ['영화', '음악', 'TV'];

/** Whole numbers that look random and are the same each time. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

describe('the numbers finance asks for', () => {
  const random = randomFrom(20_261_128);
  const days: string[] = [];
  let world: BillingWorld;
  let entries: JsonBody[];
  let charges: Map<string, JsonBody>;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0.25 } });
    // Three months, of several days each; what is paid in one is given back in it or in a later one.
    const paid: string[] = [];
    for (let round = 0; round < 6; round++) {
      days.push(seoulDateAt(world.clock.now()));
      const { body } = await world.upload(fileOf(12, `month${round}-`));
      await world.settled(body.id);
      const { items } = (await world.get(`charges?jobId=${body.id}&state=Paid&limit=50`)).body;
      paid.push(...items.map(({ orderNo }: JsonBody) => orderNo));
      for (let refund = 0; refund < 3; refund++) await giveBack(paid.splice(random(paid.length), 1)[0] as string);
      world.clock.advanceSeconds((10 + random(8)) * DAY_SECONDS);
    }
    entries = (await world.get('settlement-log?limit=1000')).body.items;
    const listed = (await world.get('charges?limit=1000')).body.items as JsonBody[];
    charges = new Map(listed.map((charge) => [charge.orderNo, charge]));
  });

  afterAll(() => world.close());

  function fileOf(count: number, prefix: string): string {
    const rows = Array.from({ length: count }, (_, index) => {
      const token = index.toString(16).toUpperCase().padStart(64, 'B');
      const product = random(PRODUCTS.length);
      const [carrier, card, membership] = [random(3) * 1_111, random(2) * 2_345, 3_000 + random(900)];
      const amount = carrier + card + membership;
      return `skpcorp,${token},091002411${product},${PRODUCTS[product]},${prefix}${index},${amount},${carrier},${card},${membership}`;
    });
    return [REQUEST_HEADER, ...rows].join('\n');
  }

  async function giveBack(orderNo: string): Promise<void> {
    const part = random(2) === 0 ? 100 + random(300) : undefined;
    const { body } = await askRefund(world, orderNo, part);
    await runRefunds(world.service);
    await refundInState(world, body.id, 'Refunded');
  }

  const sum = (rows: readonly JsonBody[], of: (row: JsonBody) => number) =>
    rows.reduce((total, row) => total + of(row), 0);
  const monthOf = ({ settledAt }: JsonBody) => seoulDateAt(new Date(settledAt)).slice(0, 7);
  const isRefund = ({ refundId }: JsonBody) => refundId !== null;

  it('month by product and method: each won of the settlement log, and no other', async () => {
    const months = [...new Set(entries.map(monthOf))];
    expect(months.length).toBeGreaterThanOrEqual(3);
    for (const month of months) {
      const { items, total } = (await world.get(`reports/monthly?month=${month}`)).body;
      const logged = entries.filter((entry) => monthOf(entry) === month);
      const paid = logged.filter(({ kind }) => kind === 'paid');
      expect(total).toMatchObject({
        collected: {
          count: paid.length,
          amount: sum(paid, ({ amount }) => amount),
          carrierAmount: sum(paid, ({ orderNo }) => charges.get(orderNo).carrierAmount),
          creditCardAmount: sum(paid, ({ orderNo }) => charges.get(orderNo).creditCardAmount),
          tmembershipAmount: sum(paid, ({ orderNo }) => charges.get(orderNo).tmembershipAmount),
        },
        declined: {
          count: logged.filter(({ kind }) => kind === 'declined').length,
          amount: sum(
            logged.filter(({ kind }) => kind === 'declined'),
            ({ amount }) => amount,
          ),
        },
        refunded: { amount: sum(logged.filter(isRefund), ({ amount }) => amount) },
      });
      expect(total.netAmount).toBe(total.collected.amount - total.refunded.amount);
      for (const row of [...items, total]) {
        const { collected, refunded } = row;
        const divided = (of: JsonBody) => of.carrierAmount + of.creditCardAmount + of.tmembershipAmount;
        expect(divided(collected)).toBe(collected.amount);
        expect(divided(refunded) + refunded.undividedAmount).toBe(refunded.amount);
        expect(refunded.full.amount + refunded.part.amount).toBe(refunded.amount);
        expect(refunded.full.count + refunded.part.count).toBe(refunded.count);
      }
      for (const name of PRODUCTS) {
        const ofProduct = paid.filter(({ productName }) => productName === name);
        const row = items.find(({ productName }: JsonBody) => productName === name);
        expect(row?.collected.amount ?? 0).toBe(sum(ofProduct, ({ amount }) => amount));
      }
    }
    const [first, last] = [months[0], months.at(-1)];
    const { total } = (await world.get(`reports/monthly?from=${first}&to=${last}`)).body;
    expect(total.refunded.count).toBe(18);
    expect(total.collected.count + total.declined.count).toBe(72);
  });

  it('days with refunds and totals, which are those of the months', async () => {
    const [from, to] = [days[0], seoulDateAt(world.clock.now())] as [string, string];
    const daily = (await world.get(`reports/daily?from=${from}&to=${to}`)).body;
    const monthly = (await world.get(`reports/monthly?from=${from.slice(0, 7)}&to=${to.slice(0, 7)}`)).body;
    expect(daily.balanced).toBe(true);
    for (const kind of ['requested', 'paid', 'declined', 'refunded']) {
      expect(daily.total[kind].amount).toBe(sum(daily.days, (day) => day[kind].amount));
    }
    const { count, amount } = monthly.total.refunded;
    expect(daily.total).toMatchObject({
      refunded: { count, amount },
      declined: monthly.total.declined,
      paid: { count: monthly.total.collected.count, amount: monthly.total.collected.amount },
    });
  });

  it('the same won as CSV and as XLSX', async () => {
    const month = monthOf(entries[0]);
    const { total } = (await world.get(`reports/monthly?month=${month}`)).body;
    const csv = parse((await world.get(`reports/monthly?month=${month}&format=csv`)).body, {
      columns: true,
      bom: true,
    });
    expect(sum(csv as JsonBody[], (row) => Number(row['collected.amount']))).toBe(total.collected.amount);
    expect(sum(csv as JsonBody[], (row) => Number(row.netAmount))).toBe(total.netAmount);
    const answer = await fetch(`${world.service.url}/admin/v1/reports/monthly?month=${month}&format=xlsx`, {
      headers: { Authorization: `Bearer ${ADMIN_KEY}` },
    });
    const sheet = (await readXlsx(await answer.arrayBuffer(), { readStyles: true })).sheets[0];
    const [header, ...rows] = sheet?.rows as [string[], ...JsonBody[]];
    for (const [at, heading] of header.entries()) expect(sheet?.columns?.[at]?.width).toBeGreaterThan(heading.length);
    expect(header.slice(0, 3)).toEqual(['month', 'storeProductId', 'productName']);
    expect(sum(rows, (row) => row[header.indexOf('netAmount')])).toBe(total.netAmount);
    expect(rows.every((row) => PRODUCTS.includes(row[2]))).toBe(true);
  });

  it.each(['charges', 'settlement-log', 'refunds', 'discrepancies', 'deliveries'])(
    'the %s of some days, both ends included',
    async (list) => {
      const all = (await world.get(`${list}?limit=1000`)).body.items as JsonBody[];
      const timeOf = (row: JsonBody) => seoulDateAt(new Date(row.settledAt ?? row.requestedAt ?? row.createdAt));
      const atOf = list === 'charges' ? (row: JsonBody) => seoulDateAt(new Date(row.createdAt)) : timeOf;
      for (const [from, to] of [
        [days[1], days[3]],
        [days[2], days[2]],
        [undefined, days[0]],
        [days[5], undefined],
        ['2020-01-01', '2020-12-31'],
      ]) {
        const query = `${from ? `&from=${from}` : ''}${to ? `&to=${to}` : ''}`;
        const { status, body } = await world.get(`${list}?limit=1000${query}`);
        const expected = all.filter((row) => (from ?? '') <= atOf(row) && atOf(row) <= (to ?? '9999'));
        expect([status, body.items]).toEqual([200, expected]);
      }
      for (const [query, field] of [
        ['from=yesterday', 'from'],
        ['to=2026-02-30', 'to'],
        ['from=2026-02-02&to=2026-02-01', 'to'],
      ]) {
        expect(await world.get(`${list}?${query}`)).toMatchObject({ status: 400, body: { faults: [{ field }] } });
      }
    },
  );

  it.each([
    ['', 'month'],
    ['month=2026-13', 'month'],
    ['month=November', 'month'],
    ['month=2026-11&to=2026-12', 'month'],
    ['from=2026-02&to=2026-01', 'to'],
    ['to=2026-01', 'month'],
    ['from=2026-01&to=2027-01', 'to'],
  ])('refuses months that are none: %s', async (query, field) => {
    expect(await world.get(`reports/monthly?${query}`)).toMatchObject({ status: 400, body: { faults: [{ field }] } });
  });

  it('tell refunds of a whole payment from parts, whose last is a part too', async () => {
    const { body: job } = await world.upload(fileOf(12, 'parts-'));
    await world.settled(job.id);
    const [charge] = (await world.get(`charges?jobId=${job.id}&state=Paid&limit=1`)).body.items;
    const month = seoulDateAt(world.clock.now()).slice(0, 7);
    const refunded = async () => (await world.get(`reports/monthly?month=${month}`)).body.total.refunded;
    const before = await refunded();
    for (const amount of [1_000, undefined]) {
      const { body } = await askRefund(world, charge.orderNo, amount);
      await runRefunds(world.service);
      await refundInState(world, body.id, 'Refunded');
    }
    expect((await world.get(`charges/${charge.orderNo}`)).body.state).toBe('Refunded');
    const { count, amount } = before.part;
    expect(await refunded()).toMatchObject({
      full: before.full,
      part: { count: count + 2, amount: amount + charge.amount },
    });
  });
});
