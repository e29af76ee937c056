import { customerPage, escaped, optionsOf, pageHeaders } from '../../shared/page/customer-page';
import { BANKS } from '../banks';
import { TEST_CARDS } from '../cards';
import type { PaymentRequest } from '../payments/payment';
import { WINDOW_PATH } from './window-path';
import type { PayMethod } from './window-request';
import type { BillingWindow, Outcome, PaymentWindow, PortOneWindow } from './windows';

/** Tells the page that waits for a promise; what is told stands in the document as text. */
const TELL_SCRIPT = `
const told = document.getElementById('told');
window.parent.postMessage(Object.assign({ source: 'portone-simulator' }, JSON.parse(told.textContent)), told.dataset.origin);
`;

export const WINDOW_HEADERS = pageHeaders(TELL_SCRIPT);

/** What the payment company may say no with. */
const FAILURES = [
  ['REJECT_CARD_PAYMENT', '한도 초과 · Over its limit'],
  ['REJECT_CARD_COMPANY', '카드사 거절 · Refused'],
  ['INVALID_STOPPED_CARD', '정지된 카드 · Stopped'],
] as const;
const WALLETS = ['KAKAOPAY', 'NAVERPAY', 'TOSSPAY'];
const METHOD_WORDS: Readonly<Record<PayMethod, string>> = {
  CARD: '카드 · Card',
  EASY_PAY: '간편결제 · Wallet',
  TRANSFER: '계좌이체 · Transfer',
  VIRTUAL_ACCOUNT: '가상계좌 · Virtual account',
  MOBILE: '휴대폰 · Mobile',
  GIFT_CERTIFICATE: '상품권 · Gift certificate',
};

/** The window itself: plain forms, one for each thing a buyer may do; doing nothing is closing the browser. */
export function windowPage(window: PortOneWindow): string {
  const act = `${WINDOW_PATH}/${window.id}`;
  return customerPage(`${window.kind === 'payment' ? paymentBody(window, act) : billingBody(window, act)}
<h2>그만두기 · Leave</h2>
<form method="post" action="${act}/decline"><select name="pgCode" aria-label="code">${optionsOf(FAILURES)}</select><button>실패 · Fail</button></form>
<form method="post" action="${act}/leave"><button>닫기 · Close</button></form>`);
}

/** A window that can't be opened, for who made the page. */
export function refusalPage(message: string): string {
  return customerPage(`<h1>결제창을 열 수 없습니다 · No window here</h1><p class="small">${escaped(message)}</p>`);
}

/** Ends a window whose page waits for a promise: it is kept, led on, or broken. */
export function toldPage(told: Pick<Outcome, 'members' | 'redirectUrl'> | { thrown: object }, origin: string): string {
  return customerPage(
    `<p>끝났습니다 · Done</p><p hidden id="told" data-origin="${escaped(origin)}">${escaped(JSON.stringify(told))}</p><script>${TELL_SCRIPT}</script>`,
  );
}

function paymentBody({ request, transaction }: PaymentWindow, act: string): string {
  const { payMethod, paymentId } = request;
  return `${headOf(transaction, `주문번호 · Order ${escaped(paymentId)}`)}
<h2>${METHOD_WORDS[payMethod]}</h2>
<form method="post" action="${act}/pay">${choiceOf(payMethod, transaction.channel.pgProvider)}
<button class="go" id="pay">${payMethod === 'VIRTUAL_ACCOUNT' ? '계좌 발급 · Get an account' : '결제하기 · Pay'}</button>${
    payMethod === 'VIRTUAL_ACCOUNT'
      ? ''
      : '<button name="then" value="pend">승인 대기 · Pay, and leave it pending</button>'
  }</form>`;
}

function billingBody({ key, request }: BillingWindow, act: string): string {
  const { first, channel, issueName, customer } = key;
  const who = `고객 · Customer ${escaped(typeof customer.id === 'string' ? customer.id : '-')}`;
  const head =
    first === null
      ? `<h1>${escaped(issueName ?? '자동결제 등록 · Register for billing')}</h1>${channelLine(channel)}<p class="small">${who}</p>`
      : headOf(first, `주문번호 · Order ${escaped(first.payment.id)}, ${who}`);
  return `${head}<h2>${METHOD_WORDS[request.method]}</h2>
<form method="post" action="${act}/pay">${choiceOf(request.method, channel.pgProvider)}
<button class="go" id="pay">${first === null ? '등록하기 · Register' : '등록하고 결제하기 · Register and pay'}</button></form>`;
}

function headOf(
  { orderName, amount, channel }: Pick<PaymentRequest, 'orderName' | 'amount' | 'channel'>,
  about: string,
): string {
  return `<h1>${escaped(orderName)}</h1>
<p class="amount">${amount.total.toLocaleString('en-US')}원</p>
${channelLine(channel)}<p class="small">${about}</p>`;
}

function channelLine({ name, type }: PaymentRequest['channel']): string {
  const test = type === 'TEST' ? ' · <strong>테스트 채널 · Test channel</strong>' : '';
  return `<p class="small">포트원 · PortOne, ${escaped(name)}${test}</p>`;
}

function choiceOf(method: PayMethod, pgProvider: string): string {
  if (method === 'CARD') {
    const cards = TEST_CARDS.map(({ number, label: { ko, en } }): [string, string] => [
      number,
      `${ko} · ${en} (${number})`,
    ]);
    return `<select name="card" aria-label="card">${optionsOf(cards)}</select>`;
  }
  if (method === 'EASY_PAY' && pgProvider !== 'KAKAOPAY') {
    return `<select name="provider" aria-label="wallet">${optionsOf(WALLETS.map((name) => [name, name]))}</select>`;
  }
  if (method !== 'TRANSFER' && method !== 'VIRTUAL_ACCOUNT') return '';
  return `<select name="bank" aria-label="bank">${optionsOf(Object.entries(BANKS))}</select>`;
}
