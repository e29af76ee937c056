import { GatewayControlApi, gatewayRoutes } from '../../shared/control/gateway-control-api';
import { numberOf, textOr } from '../../shared/control/json-routes';
import type { Visit } from '../browser/customer-steps';
import { KAKAOPAY_FAULTS } from '../faults/catalogue';
import type { Sid } from '../subscriptions/sids';
import type { KakaoPayControl } from './kakaopay-control';

const PREFIX = '/_simulator/kakaopay';

/** The control API of KakaoPay: JSON over the same port, under `/_simulator/kakaopay`. */
export class KakaoPayControlApi extends GatewayControlApi {
  constructor(control: KakaoPayControl) {
    super(PREFIX, {
      ...gatewayRoutes(control, KAKAOPAY_FAULTS, 'cid'),
      'GET /status': () => statusView(control),
      'POST /settings': (_exchange, _parameter, body) => {
        control.changeSettings(body);
        return statusView(control);
      },
      'POST /maintenance': (_exchange, _parameter, body) => {
        control.beginMaintenance(numberOf(body, 'forMs') ?? 3_600_000, numberOf(body, 'code'));
        return statusView(control);
      },
      'DELETE /maintenance': () => {
        control.endMaintenance();
        return statusView(control);
      },
      'GET /payments/*': (_exchange, id) => visitView(control.visit(id)),
      'POST /payments/*/open': (_exchange, id) => visitView(control.open(id)),
      'POST /payments/*/wait': (_exchange, id, body) =>
        visitView(control.wait(id, textOr(body.status, 'SELECT_METHOD'))),
      'POST /payments/*/pay': (_exchange, id, body) => control.pay(id, body),
      'POST /payments/*/leave': (_exchange, id) => control.leave(id),
      'POST /payments/*/fail': (_exchange, id) => control.fail(id),
      'POST /payments/*/return': (_exchange, id) => control.leadBack(id),
      'POST /payments/*/cancel': (_exchange, id, body) => {
        control.cancelInConsole(id, body);
        return { book: control.bookTotals() };
      },
      'GET /customers/*': (_exchange, userId) => ({ userId, balance: control.balanceOf(userId) }),
      'POST /customers/*': (_exchange, userId, body) => {
        control.setBalance(userId, body.balance);
        return { userId, balance: control.balanceOf(userId) };
      },
      'GET /sids': () => ({ sids: control.sids().map(sidView) }),
      'GET /sids/*': (_exchange, sid) => sidView(control.sid(sid)),
      'POST /sids/*/end': (_exchange, sid) => {
        control.endSid(sid);
        return sidView(control.sid(sid));
      },
      'POST /sids/*/monthly-limit': (_exchange, sid, body) => {
        control.limitSid(sid, body.times);
        return sidView(control.sid(sid));
      },
    });
  }
}

function statusView(control: KakaoPayControl): object {
  const untilAt = control.maintenanceUntil();
  return {
    ...control.settings(),
    maintenanceUntil: untilAt === null ? null : new Date(untilAt).toISOString(),
    declineRate: control.declineRate(),
    book: control.bookTotals(),
  };
}

/** `url` is the customer's page on this port; the address in the answer of ready is the same. */
function visitView({ path, payment, outcome, returns }: Visit): object {
  const { tid, orderId, userId, status, amounts } = payment;
  return { tid, orderId, userId, status, amount: amounts.total, url: `${path}/info`, outcome, returns };
}

/** SIDs are shown whole: who controls the simulator is KakaoPay. */
function sidView({ contract, sid, userId, means, createdAt, lastApprovedAt, inactivatedAt, ...rest }: Sid): object {
  return {
    cid: contract.cid,
    sid,
    userId,
    method: means.kind,
    createdAt: isoText(createdAt),
    lastApprovedAt: lastApprovedAt === null ? null : isoText(lastApprovedAt),
    inactivatedAt: inactivatedAt === null ? null : isoText(inactivatedAt),
    endedBy: rest.endedBy,
    monthlyLimit: rest.monthlyLimit,
    charges: rest.chargedAt.length,
  };
}

function isoText(at: number): string {
  return new Date(at).toISOString();
}
