import { GatewayControlApi, gatewayRoutes } from '../../shared/control/gateway-control-api';
import { ControlError, numberOf, textOr, type Body, type ControlHandler } from '../../shared/control/json-routes';
import type { BillingKey } from '../billing/billing-keys';
import { PORTONE_FAULTS } from '../faults/catalogue';
import type { PortOneWebhookVersion } from '../options';
import { isoText } from '../payments/times';
import { WINDOW_PATH } from '../window/window-path';
import type { PortOneWindow } from '../window/windows';
import type { PortOneControl, WebhookMode } from './portone-control';

const PREFIX = '/_simulator/portone';

/** The control API of PortOne: JSON over the same port, under `/_simulator/portone`. */
export class PortOneControlApi extends GatewayControlApi {
  constructor(control: PortOneControl) {
    super(PREFIX, {
      ...gatewayRoutes(control, PORTONE_FAULTS, 'storeId'),
      'GET /status': () => ({ declineRate: control.declineRate(), book: control.bookTotals() }),
      ...windowRoutes(control),
      ...paymentRoutes(control),
      'GET /billing-keys': () => ({ billingKeys: control.billingKeys().map(billingKeyView) }),
      'POST /billing-keys/*/delete': (_exchange, billingKey) => {
        control.deleteBillingKey(billingKey);
        return { billingKeys: control.billingKeys().map(billingKeyView) };
      },
      ...webhookRoutes(control),
    });
  }
}

function windowRoutes(control: PortOneControl): Record<string, ControlHandler> {
  return {
    'POST /windows': (_exchange, _parameter, body) =>
      windowView(body.kind === 'billing' ? control.openBilling(body) : control.openPayment(body)),
    'GET /windows/*': (_exchange, id) => windowView(control.window(id)),
    'POST /windows/*/pay': (_exchange, id, body) => control.pay(id, body),
    'POST /windows/*/pend': (_exchange, id, body) => control.pend(id, body),
    'POST /windows/*/decline': (_exchange, id, body) => control.decline(id, textOr(body.pgCode, 'REJECT_CARD_COMPANY')),
    'POST /windows/*/leave': (_exchange, id) => control.leave(id),
  };
}

/** Of a payment by its `paymentId`; each answers the book of it. */
function paymentRoutes(control: PortOneControl): Record<string, ControlHandler> {
  const does =
    (act: (paymentId: string, body: Body) => void): ControlHandler =>
    (_exchange, paymentId, body) => {
      act(paymentId, body);
      return { entries: control.bookOfOrder(paymentId) };
    };
  return {
    'POST /payments/*/settle': does((id, body) => control.settle(id, body.isPaid !== false)),
    'POST /payments/*/pay-late': does((id) => control.payLate(id)),
    'POST /payments/*/deposit': (_exchange, id, body) => ({
      taken: control.deposit(id, numberOf(body, 'amount'), textOr(body.remitterName, '김입금')),
    }),
    'POST /payments/*/reverse-deposit': does((id) => control.reverseDeposit(id)),
    'POST /payments/*/cancel': does((id, body) => control.cancelInConsole(id, body)),
    'POST /payments/*/end-cancels': does((id, body) => control.endCancels(id, body.isGiven !== false)),
    'POST /payments/*/dispute': does((id, body) => control.dispute(id, body.isResolved === true)),
  };
}

function webhookRoutes(control: PortOneControl): Record<string, ControlHandler> {
  return {
    'GET /webhooks': () => ({ webhooks: control.webhooks() }),
    'POST /webhooks': (_exchange, _parameter, body) => setWebhooks(control, body),
    'POST /webhooks/deliver': async () => ({ sent: await control.deliverWebhooks() }),
    'POST /webhooks/forge': (_exchange, _parameter, body) =>
      control.forgeWebhook(textOr(body.url, ''), bodyText(body.body), modeIn(body, 'signedAs') ?? null),
    'POST /webhooks/*/send': (_exchange, id, body) => control.sendWebhook(Number(id), numberOf(body, 'copies') ?? 1),
  };
}

function setWebhooks(control: PortOneControl, body: Body): object {
  const { url, secrets, version, storeId } = body;
  const isList = Array.isArray(secrets) && secrets.every((one) => typeof one === 'string');
  if (secrets !== undefined && !isList) throw new ControlError('secrets must be a list of texts');
  const mode = modeIn(body, 'mode') ?? 'LIVE';
  const store = typeof storeId === 'string' ? storeId : undefined;
  const change = {
    ...(url === undefined ? {} : { url: url === null ? null : textOr(url, '') }),
    ...(isList ? { secrets: secrets } : {}),
    ...(version === undefined ? {} : { version: version as PortOneWebhookVersion }),
  };
  control.setWebhooks(change, mode, store);
  return control.webhookSettings(mode, store);
}

function modeIn(body: Body, name: string): WebhookMode | undefined {
  const mode = body[name];
  if (mode === undefined || mode === null) return undefined;
  if (mode !== 'LIVE' && mode !== 'TEST') throw new ControlError(`${name} must be LIVE or TEST`);
  return mode;
}

function bodyText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body ?? {});
}

function windowView(window: PortOneWindow): object {
  const { id, kind, outcome } = window;
  const common = { windowId: id, kind, url: `${WINDOW_PATH}/${id}`, outcome };
  if (window.kind === 'billing') return { ...common, billingKey: window.key.billingKey };
  const { transaction } = window;
  const { payment, amount, status } = transaction;
  return { ...common, paymentId: payment.id, txId: transaction.id, amount: amount.total, status };
}

/** Keys are shown whole: who controls the simulator is PortOne. */
function billingKeyView({ store, billingKey, customer, means, issuedAt, deletedAt }: BillingKey): object {
  return {
    storeId: store.storeId,
    billingKey,
    customer,
    method: means?.kind ?? null,
    issuedAt: issuedAt === null ? null : isoText(issuedAt),
    deletedAt: deletedAt === null ? null : isoText(deletedAt),
  };
}
