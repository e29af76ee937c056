import { customerPage, escaped, optionsOf } from '../../shared/page/customer-page';
import { TEST_CARDS } from '../cards';
import type { KakaoPayRefusal } from '../error-codes';
import type { Visit } from './customer-steps';

/** The three that ready answers, and the one that a phone gets by QR or by the app's scheme. */
export const PAGE_KINDS = ['info', 'mInfo', 'aInfo', 'order'] as const;
export type PageKind = (typeof PAGE_KINDS)[number];

const HINTS: Readonly<Record<PageKind, string>> = {
  info: 'PC',
  mInfo: '모바일 · Mobile',
  aInfo: '앱 · App',
  order: '휴대폰 · Phone',
};

/** The page itself: plain forms, one for each thing a customer may do; doing nothing is waiting for ever. */
export function visitPage(visit: Visit, kind: PageKind): string {
  const { payment, page, path } = visit;
  const shows = (one: 'MONEY' | 'CARD'): boolean => page.method === null || page.method === one;
  const phone = kind === 'info' ? `<p><a href="${path}/order">휴대폰에서 열기 · Open on a phone</a></p>` : '';
  return customerPage(`<h1>${escaped(payment.itemName)}</h1>
<p class="amount">${payment.amounts.total.toLocaleString('en-US')}원</p>
<p class="small">카카오페이 · KakaoPay, ${HINTS[kind]}. 주문번호 · Order ${escaped(payment.orderId)}</p>${phone}
${shows('MONEY') ? moneyForm(path) : ''}
${shows('CARD') ? cardForm(path) : ''}
<h2>그만두기 · Leave</h2>
<form method="post" action="${path}/leave"><button>결제 취소 · Leave</button></form>
<form method="post" action="${path}/fail"><button>인증 실패 · Fail</button></form>`);
}

/** The customer is done: this browser may return, once more too, or another one in its place. */
export function endedPage({ path, returns }: Visit): string {
  const label = returns === 0 ? '돌아가기 · Return' : '다시 돌아가기 · Return again';
  return customerPage(`<h1>끝났습니다 · Done</h1>
<p>다른 브라우저에서 이 주소를 열어도 됩니다 · Any browser may open this:</p>
<p><a href="${path}/return">${label}</a></p>`);
}

export function refusalPage(refusal: KakaoPayRefusal): string {
  return customerPage(`<h1>결제할 수 없습니다 · No payment here</h1><p class="small">${escaped(refusal.message)}</p>`);
}

function moneyForm(path: string): string {
  return `<h2>카카오페이머니 · Money</h2>
<form method="post" action="${path}/pay"><input type="hidden" name="means" value="MONEY">${payButtons('money')}</form>`;
}

function cardForm(path: string): string {
  const cards = TEST_CARDS.map(({ number, label: { ko, en } }): [string, string] => [
    number,
    `${ko} · ${en} (${number})`,
  ]);
  return `<h2>카드 · Card</h2><form method="post" action="${path}/pay"><input type="hidden" name="means" value="CARD">
<select name="card" aria-label="card">${optionsOf(cards)}</select>${payButtons('card')}</form>`;
}

function payButtons(id: string): string {
  return `<button class="go" id="${id}">결제하기 · Pay</button>
<button name="then" value="stay">결제만 하고 남기 · Pay and stay here</button>`;
}
