import type { DeclineRuleOf } from '../declines';
import type { FaultDefinition, FaultOrderOf } from '../faults/armed-faults';
import type { Exchange } from '../http/exchange';
import type { GatewayControl } from './gateway-control';
import { JsonRoutes, statusOf, type Body, type ControlHandler } from './json-routes';

/** The control API of one gateway: JSON over the same port, under a prefix of its own. */
export class GatewayControlApi {
  private readonly routes: JsonRoutes;

  constructor(
    private readonly prefix: string,
    routes: Readonly<Record<string, ControlHandler>>,
  ) {
    this.routes = new JsonRoutes(routes);
  }

  owns(path: string): boolean {
    return path === this.prefix || path.startsWith(`${this.prefix}/`);
  }

  async handle(exchange: Exchange): Promise<void> {
    try {
      await this.routes.handle(exchange, exchange.path.slice(this.prefix.length));
    } catch (error) {
      exchange.json(statusOf(error), { error: (error as Error).message });
    }
  }
}

/** The routes that every gateway has: faults, declines and the book, of one contract by the query `contract`. */
export function gatewayRoutes<
  Kind extends string,
  FaultSubject extends string,
  DeclineSubject extends string,
  Totals extends object,
  Entry,
>(
  control: GatewayControl<Kind, FaultSubject, DeclineSubject, Totals, Entry>,
  faultKinds: Readonly<Record<Kind, FaultDefinition>>,
  contract: string,
): Record<string, ControlHandler> {
  const contractIn = ({ query }: Exchange): string | undefined => query.get(contract) ?? undefined;
  return {
    'GET /fault-kinds': () => faultKinds,
    'GET /faults': () => ({ faults: control.faults() }),
    'POST /faults': (_exchange, _parameter, body) =>
      control.armFault(body as unknown as FaultOrderOf<Kind, FaultSubject | 'call'>),
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
    'GET /book': (exchange) => control.bookTotals(contractIn(exchange)),
    'GET /book/entries': (exchange) => ({ entries: control.bookEntries(contractIn(exchange)) }),
    'GET /book/repeated': () => ({ orders: control.repeatedOrders() }),
    'GET /book/orders/*': (_exchange, orderId) => ({ entries: control.bookOfOrder(orderId) }),
  };
}

function decline<Subject extends string>(
  control: GatewayControl<string, string, Subject, unknown, unknown>,
  body: Body,
): object {
  if (body.declineRate !== undefined) control.setDeclineRate(Number(body.declineRate));
  if (body.code !== undefined) control.declineApprovals(body as unknown as DeclineRuleOf<Subject>);
  return { declineRate: control.declineRate() };
}
