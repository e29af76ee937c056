import { KAKAOPAY_MERCHANT } from '../../simulator';
import type { BillingWorld, JsonAnswer } from './billing-world';
import { assertDescribed } from './described-answers';
import { ADMIN_KEY } from './people';

const FEE_RATE = 0.03;
const HEADINGS = '거래일시,거래구분,거래번호,가맹점 주문번호,거래금액,수수료,수수료 부가세,정산 예정일';

/** What another program of the merchant's does by the same contract, and this service never hears of. */
export async function paidElsewhere(world: BillingWorld, orderId: string, amount: number): Promise<void> {
  const cid = KAKAOPAY_MERCHANT.contracts[0]?.cid;
  const call = async (name: string, body: object): Promise<{ tid: string }> => {
    const response = await fetch(`${world.simulator.baseUrl}/online/v1/payment/${name}`, {
      method: 'POST',
      headers: { authorization: `SECRET_KEY ${KAKAOPAY_MERCHANT.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ cid, partner_order_id: orderId, partner_user_id: 'elsewhere', ...body }),
    });
    if (response.status !== 200) throw new Error(`${name}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { tid: string };
  };
  const urls = ['approval_url', 'cancel_url', 'fail_url'].map((name) => [name, 'https://shop.example/back']);
  const ready = { item_name: '다른 곳', quantity: 1, total_amount: amount, tax_free_amount: 0 };
  const { tid } = await call('ready', { ...ready, ...Object.fromEntries(urls) });
  const token = new URL(world.simulator.kakaopay.pay(tid).redirectUrl).searchParams.get('pg_token');
  await call('approve', { tid, pg_token: token });
}

/** What the partner admin is taken to give of a day, by the simulator's own book: titles, headings, a row for each thing, totals. */
export function consoleList(world: BillingWorld, day: string, headings = HEADINGS): string {
  const rows = world.simulator.kakaopay
    .bookEntries()
    .flatMap(({ tid, orderId, approvedAmount, approvedAt, cancels }) => [
      ...(approvedAt === null ? [] : [{ at: approvedAt, what: '결제', tid, orderId, amount: approvedAmount }]),
      ...cancels.map(({ at, amount }) => ({ at, what: '부분취소', tid, orderId, amount: -amount })),
    ]);
  const lines = rows.flatMap(({ at, what, tid, orderId, amount }) => {
    const seoul = new Date(Date.parse(at) + 9 * 3_600_000).toISOString();
    if (!seoul.startsWith(day) || amount === 0) return [];
    const fee = feeOf(amount);
    const cells = [won(amount), won(fee), won(Math.round(fee / 10)), '2026-12-02'];
    return [`${seoul.slice(0, 19).replace('T', ' ')},${what},${tid},${orderId},${cells.join(',')}`];
  });
  const sum = won(rows.reduce((total, { amount }) => total + amount, 0));
  return [`거래내역 (${day})`, '', headings, ...lines, `합계,,,,${sum},,,`].join('\r\n');
}

function feeOf(amount: number): number {
  return Math.round(amount * FEE_RATE);
}

/** As sites and spreadsheets write it. */
function won(amount: number): string {
  return `"${amount.toLocaleString('en-US')}"`;
}

/** Brings a list by the admin API. */
export async function bring(
  world: BillingWorld,
  content: string | Buffer,
  query: Record<string, string> = {},
): Promise<JsonAnswer> {
  const parameters = new URLSearchParams({ gatewayAccount: 'kakaopay', ...query }).toString();
  const response = await fetch(`${world.service.url}/admin/v1/list-files?${parameters}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'text/csv' },
    body: content,
  });
  const answer = { status: response.status, body: JSON.parse(await response.text()) };
  assertDescribed('POST', 'list-files', answer.status, answer.body);
  return answer;
}

let encoded: Map<string, Buffer> | undefined;

/** Text as Korean spreadsheets save it. */
export function cp949(text: string): Buffer {
  encoded ??= codePage();
  return Buffer.concat([...text].map((character) => encoded?.get(character) ?? Buffer.from(character, 'latin1')));
}

/** The decoder knows the code page, and there is no encoder: every pair of bytes, read once. */
function codePage(): Map<string, Buffer> {
  const pairs = new Map<string, Buffer>();
  const decoder = new TextDecoder('euc-kr');
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x41; trail <= 0xfe; trail += 1) {
      const bytes = Buffer.from([lead, trail]);
      const text = decoder.decode(bytes);
      if ([...text].length === 1 && text !== '\uFFFD' && !pairs.has(text)) pairs.set(text, bytes);
    }
  }
  return pairs;
}
