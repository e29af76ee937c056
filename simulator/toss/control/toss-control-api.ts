import { GatewayControlApi, gatewayRoutes } from '../../shared/control/gateway-control-api';
import { ControlError, found, numberOf, textOr, type Body } from '../../shared/control/json-routes';
import { maskedNumber } from '../../shared/cards';
import { TOSS_FAULTS } from '../faults/catalogue';
import { membersOf } from '../http/members';
import type { BillingKey } from '../billing/billing-keys';
import type { TossWindow } from '../window/windows';
import type { TossControl } from './toss-control';

const PREFIX = '/_simulator/toss';

/** The control API of Toss Payments: JSON over the same port, under `/_simulator/toss`. */
export class TossControlApi extends GatewayControlApi {
  constructor(control: TossControl) {
    super(PREFIX, {
      ...gatewayRoutes(control, TOSS_FAULTS, 'mId'),
      'GET /status': () => ({ declineRate: control.declineRate(), book: control.bookTotals() }),
      'POST /windows': (_exchange, _parameter, body) =>
        windowView(body.kind === 'billing' ? control.openBilling(body) : control.openPayment(body)),
      'GET /windows/*': (_exchange, id) => windowView(control.window(id)),
      'POST /windows/*/pay': (_exchange, id, body) => control.pay(id, body),
      'POST /windows/*/decline': (_exchange, id, body) => control.decline(id, textOr(body.code, 'REJECT_CARD_COMPANY')),
      'POST /windows/*/close': (_exchange, id) => control.close(id),
      'POST /orders/*/deposit': (_exchange, orderId, body) => ({
        taken: control.deposit(orderId, numberOf(body, 'amount'), textOr(body.depositorName, '김입금')),
      }),
      'POST /orders/*/reverse-deposit': (_exchange, orderId, body) => {
        control.reverseDeposit(orderId, body.isOver === true);
        return { entries: control.bookOfOrder(orderId) };
      },
      'POST /orders/*/refund-status': (_exchange, orderId, body) => {
        control.setRefundStatus(orderId, textOr(body.status, ''));
        return { entries: control.bookOfOrder(orderId) };
      },
      'POST /orders/*/cancel': (_exchange, orderId, body) => {
        control.cancelInConsole(orderId, body);
        return { entries: control.bookOfOrder(orderId) };
      },
      'POST /orders/*/tell-cancel': (_exchange, orderId) => {
        control.tellCancelStatus(orderId);
        return { entries: control.bookOfOrder(orderId) };
      },
      'GET /billing-keys': () => ({ billingKeys: control.billingKeys().map(billingKeyView) }),
      'POST /billing-keys/delete': (_exchange, _parameter, body) => {
        control.deleteBillingKey(textOr(body.billingKey, ''), textOr(body.reason, 'CUSTOMER_REQUEST'));
        return { billingKeys: control.billingKeys().map(billingKeyView) };
      },
      'GET /webhooks': () => ({ webhooks: control.webhooks() }),
      'POST /webhooks': (_exchange, _parameter, body) => setWebhookUrls(control, body),
      'POST /webhooks/deliver': async () => ({ sent: await control.deliverWebhooks() }),
      'POST /webhooks/forge': (_exchange, _parameter, body) =>
        control.forgeWebhook(textOr(body.url, ''), found(membersOf(body.body), 'body')),
      'POST /webhooks/*/send': (_exchange, id, body) => control.sendWebhook(Number(id), numberOf(body, 'copies') ?? 1),
    });
  }
}

function setWebhookUrls(control: TossControl, { urls, mId }: Body): object {
  if (!Array.isArray(urls) || !urls.every((url) => typeof url === 'string')) {
    throw new ControlError('urls must be a list of addresses');
  }
  control.setWebhookUrls(urls, typeof mId === 'string' ? mId : undefined);
  return { urls };
}

function windowView(window: TossWindow): object {
  const { id, kind, outcome } = window;
  const common = { windowId: id, kind, url: `/toss/window/${id}`, outcome };
  if (window.kind === 'billing') return { ...common, customerKey: window.request.customerKey };
  const { paymentKey, orderId, totalAmount, status } = window.payment;
  return { ...common, paymentKey, orderId, amount: totalAmount, status };
}

/** Keys are shown whole: who controls the simulator is Toss. */
function billingKeyView({ merchant, billingKey, customerKey, means, issuedAt, deletedAt }: BillingKey): object {
  return {
    mId: merchant.mId,
    billingKey,
    customerKey,
    method: means.method,
    card: means.method === '카드' ? maskedNumber(means.card.number) : null,
    issuedAt: new Date(issuedAt).toISOString(),
    deletedAt: deletedAt === null ? null : new Date(deletedAt).toISOString(),
  };
}
