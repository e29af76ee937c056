import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programOf } from '../../cli/program';
import { ADMIN_KEY, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { agreedTo, browser, paidByKakaopay, readyOrder } from '../support/kakaopay-orders';
import { bring, consoleList, cp949, paidElsewhere } from '../support/kakaopay-console';
import { askRefund, refundInState } from '../support/refunds';
import { send } from '../support/subscribers';
import { until } from '../support/until';

const MORNING = new Date('2026-11-27T10:00:00+09:00');
const DAY = 86_400;

/** Lists that people download from the partner admin of a gateway that lists nothing by its API. */
describe('a downloaded list', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({
      ...{ kakaopay: true, toss: true, startsAt: MORNING, simulator: { startAt: MORNING.getTime() } },
      environment: { TSTORE_LOOKUPS_PER_MINUTE: '6000' },
    });
  });

  afterEach(() => world.simulator.kakaopay.disarmAllFaults());
  afterAll(() => world.close());

  async function pass(seconds: number): Promise<void> {
    world.clock.advanceSeconds(seconds);
    await world.simulator.control.advance(seconds * 1000);
  }

  const today = (): string => new Date(world.clock.now().getTime() + 9 * 3_600_000).toISOString().slice(0, 10);

  /** The day's tie-out has ended, as often as it was begun. */
  const compared = (day: string): Promise<JsonBody> =>
    until(`${day} is compared`, async () => {
      world.clock.advanceSeconds(1);
      const [tieOut] = (await world.get(`tie-outs?gatewayAccount=kakaopay&day=${day}`)).body.items;
      return tieOut?.state === 'Done' ? tieOut : undefined;
    });

  const differences = async (day: string, state = 'Open'): Promise<JsonBody[]> =>
    (await world.get(`tie-out-differences?day=${day}&state=${state}`)).body.items;
  const imports = async (): Promise<number> => (await world.get('list-files')).body.items.length;

  it.each([
    ['in CP949', cp949],
    ['in UTF-8 with a byte order mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
    ['in UTF-8', (text: string) => Buffer.from(text)],
  ])('%s shows what only the gateway knows of, and agrees on the rest to the won', async (_name, encode) => {
    const day = today();
    const other = `not-of-this-house-${day}`;
    const { orderNo } = await paidByKakaopay(world);
    for (const part of [4_000, 4_000]) {
      await refundInState(world, (await askRefund(world, orderNo, part)).body.id, 'Refunded');
    }
    await paidElsewhere(world, other, 12_000);
    world.simulator.kakaopay.cancelInConsole(other, { cancel_amount: 2_000 });
    await pass(DAY);
    await send(world, 'POST', 'tie-outs', { gatewayAccount: 'kakaopay', day });
    await compared(day);
    expect(await differences(day)).toEqual([]);
    const { status, body } = await bring(world, encode(consoleList(world, day)));
    expect([status, body.code]).toEqual([200, undefined]);
    expect(body).toMatchObject({ paymentCount: 2, refundCount: 3, ignoredCount: 1, fromDay: day, toDay: day });
    await compared(day);
    const found = await differences(day);
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ...{ kind: 'only-theirs', movement: 'payment', orderNo: other },
          theirs: { amount: 12_000, state: '결제' },
        }),
        expect.objectContaining({
          ...{ kind: 'only-theirs', movement: 'refund', orderNo: other },
          theirs: { amount: 2_000, state: '부분취소' },
        }),
      ]),
    );
    const [row] = (await world.get(`reports/gateway-days?from=${day}&to=${day}`)).body.items;
    expect(row).toMatchObject({ collected: 27_000, collectedHere: 15_000, refunded: 10_000, refundedHere: 8_000 });
    // 450 and 360 won, of which 2 times 120 and 60 go back, with a tenth as VAT.
    expect([row.fees, row.fees + row.payOut]).toEqual([561, 17_000]);
    const [paidOut] = (await world.get('reports/gateway-days?from=2026-12-02&to=2026-12-02')).body.items;
    expect(paidOut.paidOut).toBeGreaterThanOrEqual(row.payOut);
    const again = await bring(world, encode(consoleList(world, day)));
    expect(again.body.id).toBe(body.id);
    expect((await world.get(`tie-outs?gatewayAccount=kakaopay&day=${day}`)).body.items[0].state).toBe('Done');
    for (const { id } of found) {
      await send(world, 'POST', `tie-out-differences/${id}/explain`, { reason: 'the other shop' });
    }
    await send(world, 'POST', 'tie-outs', { gatewayAccount: 'kakaopay', day });
    await compared(day);
    expect(await differences(day)).toEqual([]);
  });

  it('tells of a payment that we have in doubt, and that a lookup denies', async () => {
    const day = today();
    const ready = await readyOrder(world);
    world.simulator.kakaopay.armFault({ kind: 'answer-lost', call: 'approve', orderId: ready.orderNo });
    world.simulator.kakaopay.armFault({
      ...{ kind: 'answer-other-status', call: 'order', orderId: ready.orderNo, times: 1_000 },
    });
    await browser(world, 'GET', agreedTo(world, ready));
    await pass(DAY);
    const list = consoleList(world, day);
    world.simulator.kakaopay.disarmAllFaults();
    world.simulator.kakaopay.armFault({ kind: 'order-absent', orderId: ready.orderNo, times: 1_000 });
    expect((await bring(world, list)).status).toBe(200);
    await compared(day);
    // Nobody here has it as paid, so the gateway's denial does not take the list's word away.
    expect(await differences(day)).toMatchObject([
      { kind: 'state', movement: 'payment', orderNo: ready.orderNo, theirs: { amount: 15_000, state: '결제' } },
    ]);
  });

  it('is not believed about a payment of ours: that is looked up', async () => {
    const day = today();
    await paidByKakaopay(world);
    await pass(DAY);
    const list = consoleList(world, day).replace('"15,000"', '"99,000"');
    expect((await bring(world, list)).status).toBe(200);
    await compared(day);
    // Only of its payout, for which there is no payment of that amount.
    expect(await differences(day)).toMatchObject([
      { kind: 'amount', movement: 'payment', ours: { amount: 15_000 }, theirs: { amount: 99_000, state: 'paid out' } },
    ]);
    const [row] = (await world.get(`reports/gateway-days?from=${day}&to=${day}`)).body.items;
    expect([row.collected, row.collectedHere]).toEqual([15_000, 15_000]);
  });

  it.each([
    ['an amount', (list: string) => list.replace('"15,000"', '15.000'), { line: 4, field: '거래금액' }],
    ['a word', (list: string) => list.replace(',결제,', ',기타,'), { line: 4, field: '거래구분' }],
    ['a time', (list: string) => list.replace(/\d{2}:\d{2}:\d{2}/, '25:61:00'), { line: 4, field: '거래일시' }],
    ['an id', (list: string) => list.replace(/,T[0-9a-f]+,/, ',,'), { line: 4, field: '거래번호' }],
    ['a quote', (list: string) => list.replace('"15,000"', '"15,000'), {}],
  ])('with %s that can’t be read is told by line and column, and nothing is stored', async (_what, spoil, where) => {
    const day = today();
    await paidByKakaopay(world);
    const before = await imports();
    const { status, body } = await bring(world, spoil(consoleList(world, day)));
    expect([status, body.code]).toEqual([400, 'invalid-list-file']);
    expect(body.faults).toEqual([expect.objectContaining({ ...where, expected: expect.any(String) })]);
    expect(await imports()).toBe(before);
    await pass(DAY);
    expect((await world.get(`tie-outs?gatewayAccount=kakaopay&day=${day}`)).body.items).toEqual([]);
  });

  it('under other headings is refused with those that are looked for, and read when they are stated', async () => {
    const day = today();
    await paidByKakaopay(world);
    const list = consoleList(world, day, '언제,무엇,어느 것,주문,얼마,수수료,수수료 부가세,정산 예정일');
    const refused = await bring(world, list);
    expect(refused.body.code).toBe('invalid-list-file');
    expect(refused.body.faults.map(({ field }: JsonBody) => field)).toEqual([
      'transactionId',
      'orderNo',
      'amount',
      'at',
    ]);
    expect(refused.body.faults[0].expected).toContain('거래번호');
    const columns = 'at:언제,kind:무엇,transactionId:어느 것,orderNo:주문,amount:얼마';
    const { status, body } = await bring(world, list, { columns });
    expect([status, body.code]).toEqual([200, undefined]);
    expect(body.columns).toEqual(expect.arrayContaining([{ field: 'amount', heading: '얼마' }]));
    const unknown = await bring(world, list, { columns: 'colour:얼마' });
    expect([unknown.status, unknown.body.code]).toEqual([400, 'invalid-request']);
  });

  it.each([
    ['a workbook', Buffer.from('PK\u0003\u0004 and more'), /workbook/],
    ['UTF-16', Buffer.from('\uFEFF거래번호\n', 'utf16le'), /UTF-16/],
    ['another encoding', Buffer.concat([Buffer.from('a,b\n'), Buffer.from([0xff, 0xff, 0x0a])]), /CP949/],
    ['nothing', Buffer.from(''), /headings/],
  ])('that is %s is refused in words', async (_what, content, said) => {
    const { status, body } = await bring(world, content);
    expect([status, body.code]).toEqual([400, 'invalid-list-file']);
    expect(JSON.stringify(body.faults)).toMatch(said);
  });

  it('tells one payment twice, and otherwise: it is refused', async () => {
    const day = today();
    await paidElsewhere(world, `twice-${day}`, 7_000);
    const list = consoleList(world, day);
    const [line = ''] = list.split('\r\n').filter((one) => one.includes(`twice-${day}`));
    const { body } = await bring(world, list.replace(line, `${line}\r\n${line.replace('"7,000"', '"8,000"')}`));
    expect(body).toMatchObject({
      code: 'invalid-list-file',
      faults: [{ expected: expect.stringMatching(/payment once/) }],
    });
  });

  it('is taken for gateways that are known to have one, and by who may decide', async () => {
    for (const gatewayAccount of ['toss', 'tstore']) {
      expect((await bring(world, 'x', { gatewayAccount })).body.code).toBe('gateway-cannot');
    }
    expect((await bring(world, 'x', { gatewayAccount: 'nobody' })).body.code).toBe('gateway-account-not-found');
  });

  it('is brought from a terminal, too', async () => {
    const day = today();
    await paidElsewhere(world, `terminal-${day}`, 7_000);
    const directory = await mkdtemp(join(tmpdir(), 'list-files-'));
    try {
      const file = join(directory, 'list.csv');
      await writeFile(file, cp949(consoleList(world, day)));
      let output = '';
      const program = programOf({
        environment: { MERCHANT_BILLING_URL: world.service.url, MERCHANT_BILLING_API_KEY: ADMIN_KEY },
        write: (text) => void (output += text),
        complain: (text) => void (output += text),
      });
      const columns = ['--columns', 'amount:거래금액'];
      const command = ['tie-outs', 'import', file, '--account', 'kakaopay', ...columns, '--yes'];
      await program.parseAsync(['--json', ...command], { from: 'user' });
      expect(JSON.parse(output)).toMatchObject({ gatewayAccount: 'kakaopay', encoding: 'euc-kr', fromDay: day });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('begins a day anew that is under way, whoever is at it', async () => {
    const day = today();
    await paidByKakaopay(world);
    await paidElsewhere(world, `late-${day}`, 3_000);
    await pass(DAY);
    const held = world.simulator.kakaopay.armFault({ kind: 'call-failing', call: 'order', times: 1_000 });
    await send(world, 'POST', 'tie-outs', { gatewayAccount: 'kakaopay', day });
    await until('it waits', async () => {
      const [tieOut] = (await world.get(`tie-outs?gatewayAccount=kakaopay&day=${day}`)).body.items;
      return tieOut?.retry ?? undefined;
    });
    expect((await bring(world, consoleList(world, day))).status).toBe(200);
    world.simulator.kakaopay.disarmFault(held.id);
    world.clock.advanceSeconds(120);
    const { id } = await compared(day);
    expect((await differences(day)).map(({ kind, orderNo }) => [kind, orderNo])).toContainEqual([
      'only-theirs',
      `late-${day}`,
    ]);
    const { history } = (await world.get(`tie-outs/${id}`)).body;
    expect(history.map(({ cause }: JsonBody) => cause)).toContain('repeat');
  });
});
