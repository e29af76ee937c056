import { once } from 'node:events';
import type { NotificationMessage } from '../../../src/gateways/tstore/wire';
import { JsonRoutes, found, statusOf, textOr, type Body } from '../../shared/control/json-routes';
import type { Exchange } from '../../shared/http/exchange';
import type { FaultOrder } from '../faults/armed-faults';
import { FAULTS } from '../faults/catalogue';
import { ScenarioError } from '../faults/scenario';
import type { SimulatorControl } from './control';
import { PAGE, PAGE_HEADERS } from './page';

const PREFIX = '/_simulator';
/** Entries of the book gathered before they are written. */
const BOOK_BATCH = 500;

/** The control API and the page: JSON over the same port, under `/_simulator`. */
export class ControlApi {
  private readonly routes: JsonRoutes;

  constructor(private readonly control: SimulatorControl) {
    this.routes = new JsonRoutes({
      'GET /status': () => this.status(),
      'GET /fault-kinds': () => FAULTS,
      'GET /faults': () => ({ faults: control.faults() }),
      'POST /faults': (_exchange, _parameter, body) => control.armFault(body as unknown as FaultOrder),
      'DELETE /faults': () => {
        control.disarmAllFaults();
        return { faults: [] };
      },
      'DELETE /faults/*': (_exchange, id) => ({ disarmed: control.disarmFault(Number(id)) }),
      'POST /scenario': (_exchange, _parameter, body) => {
        control.follow(body);
        return { declineRate: control.declineRate(), faults: control.faults() };
      },
      'GET /jobs': () => ({ jobs: control.jobs() }),
      'GET /jobs/*': (_exchange, jobId) => found(control.job(jobId), 'job'),
      'GET /notifications': () => ({ notifications: control.notifications() }),
      'POST /notifications/deliver': async () => ({ sent: await control.deliverNotifications() }),
      'POST /notifications/forge': (_exchange, _parameter, body) => this.forge(body),
      'POST /notifications/*/send': (_exchange, id, body) =>
        control.sendNotification(Number(id), typeof body.copies === 'number' ? body.copies : 1),
      'GET /book': (exchange) => this.bookTotals(exchange),
      'GET /book/repeated': async () => ({ orders: await control.repeatedOrders() }),
      'GET /book/refunds': () => ({ refunds: control.refunds() }),
      'GET /book/orders/*': async (_exchange, orderNo) => ({ entries: await control.bookOfOrder(orderNo) }),
      'GET /clock': () => this.clock(),
      'POST /clock': (_exchange, _parameter, body) => this.moveClock(body),
      'POST /tokens/revoke': () => ({ revoked: control.revokeTokens() }),
      'GET /calls': () => ({ calls: control.calls() }),
    });
  }

  owns(path: string): boolean {
    return path === '/' || path === PREFIX || path.startsWith(`${PREFIX}/`);
  }

  async handle(exchange: Exchange): Promise<void> {
    try {
      await this.dispatch(exchange);
    } catch (error) {
      exchange.json(error instanceof ScenarioError ? 400 : statusOf(error), { error: (error as Error).message });
    }
  }

  private async dispatch(exchange: Exchange): Promise<void> {
    if (exchange.path === '/') {
      await exchange.drain();
      exchange.response.writeHead(200, PAGE_HEADERS).end(PAGE);
      return;
    }
    const path = exchange.path.slice(PREFIX.length);
    if (exchange.method === 'GET' && path === '/book/entries') {
      await this.writeBook(exchange);
      return;
    }
    await this.routes.handle(exchange, path);
  }

  private status(): object {
    const { control } = this;
    return {
      clock: this.clock(),
      tokensIssued: control.tokensIssued(),
      declineRate: control.declineRate(),
      book: control.bookTotals(),
    };
  }

  private clock(): object {
    return { now: new Date(this.control.now()).toISOString(), factor: this.control.timeFactor() };
  }

  private async moveClock(body: Body): Promise<object> {
    if (body.factor !== undefined) this.control.setTimeFactor(Number(body.factor));
    const done = body.advanceMs === undefined ? 0 : await this.control.advance(Number(body.advanceMs));
    return { ...this.clock(), done };
  }

  private forge(body: Body): Promise<object> {
    const message: NotificationMessage = {
      notifyVersion: textOr(body.notifyVersion, '1.0'),
      event: textOr(body.event, 'bulkJob'),
      status: textOr(body.status, 'completed'),
      jobId: textOr(body.jobId, '1'),
      updateTime: textOr(body.updateTime, '20000101000000'),
    };
    return this.control.forgeNotification(textOr(body.url, ''), message);
  }

  private bookTotals(exchange: Exchange): object {
    return this.control.bookTotals(exchange.query.get('jobId') ?? undefined);
  }

  /** One entry a line, as it is read: the whole book of a large job fits in no one's memory. */
  private async writeBook(exchange: Exchange): Promise<void> {
    const { response } = exchange;
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson;charset=UTF-8' });
    let lines: string[] = [];
    for await (const entry of this.control.bookEntries(exchange.query.get('jobId') ?? undefined)) {
      lines.push(JSON.stringify(entry));
      if (lines.length < BOOK_BATCH) continue;
      if (response.destroyed) return;
      if (!response.write(`${lines.join('\n')}\n`)) await once(response, 'drain');
      lines = [];
    }
    response.end(lines.length > 0 ? `${lines.join('\n')}\n` : '');
  }
}
