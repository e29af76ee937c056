import { createHash } from 'node:crypto';
import { BANKS } from '../banks';
import { TEST_CARDS } from '../cards';
import { definitionOf } from '../error-codes';
import type { Outcome, TossWindow } from './windows';

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; background: #f2f4f6; color: #191f28; }
main { max-width: 26rem; margin: 2rem auto; padding: 1.5rem; background: #fff; border-radius: 12px; }
h1 { font-size: 1.2rem; margin: 0 0 .2rem; } h2 { font-size: .95rem; margin: 1.2rem 0 .4rem; } p { margin: .3rem 0; }
.amount { font-size: 1.5rem; font-weight: 700; } .small { color: #6b7684; font-size: .85rem; overflow-wrap: anywhere; }
form { display: flex; gap: .5rem; margin: .4rem 0; flex-wrap: wrap; } select, input { flex: 1; min-width: 0; padding: .5rem; font: inherit; }
button { padding: .55rem .9rem; border: 0; border-radius: 8px; background: #e5e8eb; font: inherit; cursor: pointer; }
button.go { background: #3182f6; color: #fff; width: 100%; }
`;

/** Tells the page that waits for a promise; what is told stands in the document as text. */
const TELL_SCRIPT = `
const told = document.getElementById('told');
window.parent.postMessage({ source: 'toss-simulator', outcome: JSON.parse(told.textContent) }, told.dataset.origin);
`;

/** What the buyer may have failed for. */
const WINDOW_FAILURES = ['REJECT_CARD_COMPANY', 'PAY_PROCESS_ABORTED', 'EXCEED_MAX_AUTH_COUNT'];
const WALLETS = ['카카오페이', '토스페이', '네이버페이'];

/** Names and amounts come from strangers. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The window itself: plain forms, one for each thing a buyer may do. */
export function windowPage(window: TossWindow): string {
  const act = `/toss/window/${window.id}`;
  const body = window.kind === 'payment' ? paymentBody(window, act) : billingBody(window, act);
  return page(`${body}
<h2>그만두기 · Leave</h2>
<form method="post" action="${act}/decline"><select name="code" aria-label="code">${options(
    WINDOW_FAILURES.map((code) => [code, `${definitionOf(code).ko} · ${code}`]),
  )}</select><button>실패 · Fail</button></form>
<form method="post" action="${act}/close"><button>닫기 · Close</button></form>`);
}

export function refusalPage(code: string, detail: string): string {
  const { ko, en } = definitionOf(code);
  return page(`<h1>${escaped(ko)} · ${escaped(en)}</h1><p class="small">${escaped(`${code} ${detail}`)}</p>`);
}

/** Ends a window whose page waits for a promise. */
export function toldPage(outcome: Outcome, origin: string): string {
  const told = escaped(JSON.stringify({ kind: outcome.kind, members: outcome.members }));
  return page(
    `<p>끝났습니다 · Done</p><p hidden id="told" data-origin="${escaped(origin)}">${told}</p><script>${TELL_SCRIPT}</script>`,
  );
}

function paymentBody(window: Extract<TossWindow, { kind: 'payment' }>, act: string): string {
  const { orderName, orderId, amount, method } = window.request;
  const shows = (one: string): boolean => method === null || method === one;
  return `<h1>${escaped(orderName)}</h1>
<p class="amount">${amount.toLocaleString('en-US')}원</p>
<p class="small">주문번호 · Order ${escaped(orderId)}</p>
${shows('CARD') ? cardForm(`${act}/pay`, '결제하기 · Pay') + walletForm(act) : ''}
${shows('TRANSFER') ? bankForm(`${act}/pay`, 'transfer', '계좌이체 · Pay by transfer', '계좌이체 · Transfer') : ''}
${shows('VIRTUAL_ACCOUNT') ? bankForm(`${act}/pay`, 'virtualAccount', '계좌 발급 · Get an account', '가상계좌 · Virtual account') : ''}
${['MOBILE_PHONE', 'CULTURE_GIFT_CERTIFICATE', 'FOREIGN_EASY_PAY'].includes(method ?? '') ? walletForm(act) : ''}`;
}

function billingBody(window: Extract<TossWindow, { kind: 'billing' }>, act: string): string {
  return `<h1>자동결제 등록 · Register for billing</h1>
<p class="small">고객 · Customer ${escaped(window.request.customerKey)}</p>
${
  window.request.method === 'CARD'
    ? cardForm(`${act}/register`, '등록하기 · Register')
    : bankForm(`${act}/register`, 'transfer', '등록하기 · Register', '계좌 · Account')
}`;
}

function cardForm(action: string, label: string): string {
  const cards = TEST_CARDS.map(({ number, label: { ko, en } }): [string, string] => [
    number,
    `${ko} · ${en} (${number})`,
  ]);
  return `<h2>카드 · Card</h2><form method="post" action="${action}"><input type="hidden" name="means" value="card">
<select name="card" aria-label="card">${options(cards)}</select><button class="go" id="card">${label}</button></form>`;
}

function walletForm(act: string): string {
  const wallets = WALLETS.map((name): [string, string] => [name, name]);
  return `<h2>간편결제 · Wallet</h2><form method="post" action="${act}/pay"><input type="hidden" name="means" value="easyPay">
<select name="provider" aria-label="wallet">${options(wallets)}</select><button>결제하기 · Pay</button></form>`;
}

function bankForm(action: string, means: string, label: string, title: string): string {
  return `<h2>${title}</h2><form method="post" action="${action}"><input type="hidden" name="means" value="${means}">
<select name="bank" aria-label="bank">${options(Object.entries(BANKS))}</select><button id="${means}">${label}</button></form>`;
}

function options(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([value, text]) => `<option value="${escaped(value)}">${escaped(text)}</option>`).join('');
}

function page(body: string): string {
  return `<!doctype html><html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>결제 · Payment</title><style>${STYLE}</style></head><body><main>${body}
<p class="small">모의 결제창: 돈이 움직이지 않습니다 · Simulated: no money moves</p></main></body></html>`;
}

/** Forms may lead anywhere: the return is the merchant's address. Any page may hold it in a frame. */
export const WINDOW_HEADERS = {
  'Content-Type': 'text/html;charset=UTF-8',
  'Content-Security-Policy': [
    "default-src 'none'",
    `script-src '${hashOf(TELL_SCRIPT)}'`,
    `style-src '${hashOf(STYLE)}'`,
    "base-uri 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
