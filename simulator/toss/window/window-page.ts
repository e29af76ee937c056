import { customerPage, escaped, optionsOf, pageHeaders } from '../../shared/page/customer-page';
import { BANKS } from '../banks';
import { TEST_CARDS } from '../cards';
import { definitionOf } from '../error-codes';
import type { Outcome, TossWindow } from './windows';

/** Tells the page that waits for a promise; what is told stands in the document as text. */
const TELL_SCRIPT = `
const told = document.getElementById('told');
window.parent.postMessage({ source: 'toss-simulator', outcome: JSON.parse(told.textContent) }, told.dataset.origin);
`;

/** What the buyer may have failed for. */
const WINDOW_FAILURES = ['REJECT_CARD_COMPANY', 'PAY_PROCESS_ABORTED', 'EXCEED_MAX_AUTH_COUNT'];
const WALLETS = ['카카오페이', '토스페이', '네이버페이'];

/** The window itself: plain forms, one for each thing a buyer may do. */
export function windowPage(window: TossWindow): string {
  const act = `/toss/window/${window.id}`;
  const body = window.kind === 'payment' ? paymentBody(window, act) : billingBody(window, act);
  return customerPage(`${body}
<h2>그만두기 · Leave</h2>
<form method="post" action="${act}/decline"><select name="code" aria-label="code">${optionsOf(
    WINDOW_FAILURES.map((code) => [code, `${definitionOf(code).ko} · ${code}`]),
  )}</select><button>실패 · Fail</button></form>
<form method="post" action="${act}/close"><button>닫기 · Close</button></form>`);
}

export function refusalPage(code: string, detail: string): string {
  const { ko, en } = definitionOf(code);
  return customerPage(`<h1>${escaped(ko)} · ${escaped(en)}</h1><p class="small">${escaped(`${code} ${detail}`)}</p>`);
}

/** Ends a window whose page waits for a promise. */
export function toldPage(outcome: Outcome, origin: string): string {
  const told = escaped(JSON.stringify({ kind: outcome.kind, members: outcome.members }));
  return customerPage(
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
<select name="card" aria-label="card">${optionsOf(cards)}</select><button class="go" id="card">${label}</button></form>`;
}

function walletForm(act: string): string {
  const wallets = WALLETS.map((name): [string, string] => [name, name]);
  return `<h2>간편결제 · Wallet</h2><form method="post" action="${act}/pay"><input type="hidden" name="means" value="easyPay">
<select name="provider" aria-label="wallet">${optionsOf(wallets)}</select><button>결제하기 · Pay</button></form>`;
}

function bankForm(action: string, means: string, label: string, title: string): string {
  return `<h2>${title}</h2><form method="post" action="${action}"><input type="hidden" name="means" value="${means}">
<select name="bank" aria-label="bank">${optionsOf(Object.entries(BANKS))}</select><button id="${means}">${label}</button></form>`;
}

export const WINDOW_HEADERS = pageHeaders(TELL_SCRIPT);
