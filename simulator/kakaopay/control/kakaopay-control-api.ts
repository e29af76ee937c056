import { ControlError, JsonRoutes, statusOf, textOr, type Body } from '../../shared/control/json-routes';
import type { Exchange } from '../../shared/http/exchange';
import type { Visit } from '../browser/customer-steps';
import type { DeclineRule } from '../declines';
import { KAKAOPAY_FAULTS, type KakaoPayFaultOrder } from '../faults/catalogue';
import type { Sid } from '../subscriptions/sids';
import type { KakaoPayControl } from './kakaopay-control';

const PREFIX = '/_simulator/kakaopay';

/** The control API of KakaoPay: JSON over the same port, under `/_simulator/kakaopay`. */
export class KakaoPayControlApi {
  private readonly routes: JsonRoutes;

  constructor(control: KakaoPayControl) {
    this.routes = new JsonRoutes({
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
      'GET /fault-kinds': () => KAKAOPAY_FAULTS,
      'GET /faults': () => ({ faults: control.faults() }),
      'POST /faults': (_exchange, _parameter, body) => control.armFault(body as unknown as KakaoPayFaultOrder),
      'DELETE /faults': () => {
        control.disarmAllFaults();
        return { faults: [] };
      },
      'DELETE /faults/*': (_exchange, id) => ({ disarmed: control.disarmFault(Number(id)) }),
      'POST /declines': (_exchange, _parameter, body) => decline(control, body),
      'DELETE /declines': () => {
        control.forgetDeclines();
        return { declineRate: control.declineRate() };
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
      'GET /book': (exchange) => control.bookTotals(exchange.query.get('cid') ?? undefined),
      'GET /book/entries': (exchange) => ({ entries: control.bookEntries(exchange.query.get('cid') ?? undefined) }),
      'GET /book/repeated': () => ({ orders: control.repeatedOrders() }),
      'GET /book/orders/*': (_exchange, orderId) => ({ entries: control.bookOfOrder(orderId) }),
    });
  }

  owns(path: string): boolean {
    return path === PREFIX || path.startsWith(`${PREFIX}/`);
  }

  async handle(exchange: Exchange): Promise<void> {
    try {
      await this.routes.handle(exchange, exchange.path.slice(PREFIX.length));
    } catch (error) {
      exchange.json(statusOf(error), { error: (error as Error).message });
    }
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

function decline(control: KakaoPayControl, body: Body): object {
  if (body.declineRate !== undefined) control.setDeclineRate(Number(body.declineRate));
  if (body.code !== undefined) control.declineApprovals(body as unknown as DeclineRule);
  return { declineRate: control.declineRate() };
}

function numberOf(body: Body, name: string): number | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new ControlError(`${name} must be a number`);
  return value;
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
