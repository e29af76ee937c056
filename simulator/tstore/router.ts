import { TSTORE_PATHS } from '../../src/gateways/tstore/wire';
import { REFUSAL_CODES } from './result-codes';
import type { TstoreExchange } from './exchange';

export type Handler = (exchange: TstoreExchange, parameter: string) => Promise<void> | void;

export interface GatewayCalls {
  token: Handler;
  submit: Handler;
  job: Handler;
  transaction: Handler;
  refund: Handler;
  verify: Handler;
}

interface Route {
  method: 'GET' | 'POST';
  path: string;
  /** The path goes on with `/<parameter>`. */
  hasParameter: boolean;
  handler: Handler;
}

/** Which call of the gateway a request is; unknown ones get an answer that any strict reader can read. */
export class GatewayRouter {
  private readonly routes: Route[];

  constructor(calls: GatewayCalls) {
    this.routes = [
      { method: 'POST', path: TSTORE_PATHS.token, hasParameter: false, handler: calls.token },
      { method: 'POST', path: TSTORE_PATHS.submit, hasParameter: false, handler: calls.submit },
      { method: 'GET', path: TSTORE_PATHS.job, hasParameter: true, handler: calls.job },
      { method: 'GET', path: TSTORE_PATHS.transaction, hasParameter: true, handler: calls.transaction },
      { method: 'POST', path: TSTORE_PATHS.refund, hasParameter: false, handler: calls.refund },
      { method: 'POST', path: TSTORE_PATHS.verify, hasParameter: false, handler: calls.verify },
    ];
  }

  async handle(exchange: TstoreExchange): Promise<void> {
    for (const route of this.routes) {
      const parameter = matchPath(route, exchange.path);
      if (parameter === null) continue;
      if (exchange.method !== route.method) {
        await exchange.drain();
        exchange.result(405, REFUSAL_CODES.unknownAddress, `Only ${route.method} here`);
        return;
      }
      await route.handler(exchange, parameter);
      return;
    }
    await exchange.drain();
    exchange.result(404, REFUSAL_CODES.unknownAddress, 'No such address');
  }
}

function matchPath(route: Route, path: string): string | null {
  if (!route.hasParameter) return path === route.path ? '' : null;
  if (!path.startsWith(`${route.path}/`)) return null;
  try {
    return decodeURIComponent(path.slice(route.path.length + 1));
  } catch {
    return '';
  }
}
