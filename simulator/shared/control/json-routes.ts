import { FaultOrderError } from '../faults/armed-faults';
import type { Exchange } from '../http/exchange';

export type Body = Record<string, unknown>;
export type ControlHandler = (exchange: Exchange, parameter: string, body: Body) => Promise<object> | object;

/** A request of the control API that can't be followed. */
export class ControlError extends Error {
  constructor(
    message: string,
    readonly status: 400 | 404 = 400,
  ) {
    super(message);
  }
}

/** Calls of a control API by `METHOD /path`, where one part of the path may be `*`; JSON in and out. */
export class JsonRoutes {
  constructor(private readonly routes: Readonly<Record<string, ControlHandler>>) {}

  async handle(exchange: Exchange, path: string): Promise<void> {
    const match = this.match(exchange.method, path);
    if (!match) {
      await exchange.drain();
      exchange.json(404, { error: 'no such address; see simulator/README.md' });
      return;
    }
    const body = await readBody(exchange);
    exchange.json(200, await match.handler(exchange, match.parameter, body));
  }

  private match(method: string, path: string): { handler: ControlHandler; parameter: string } | null {
    const exact = this.routes[`${method} ${path}`];
    if (exact) return { handler: exact, parameter: '' };
    const parts = path.split('/');
    for (let at = 1; at < parts.length; at += 1) {
      const pattern = parts.map((part, index) => (index === at ? '*' : part)).join('/');
      const handler = this.routes[`${method} ${pattern}`];
      if (handler) return { handler, parameter: decodeURIComponent(parts[at] as string) };
    }
    return null;
  }
}

/**
 * A body must call itself JSON: a web page of another site can send plain forms to this port, but not that without
 * asking first.
 */
async function readBody(exchange: Exchange): Promise<Body> {
  const text = await exchange.readText();
  if (exchange.method === 'GET') return {};
  if (exchange.method === 'POST' && !exchange.header('content-type').startsWith('application/json')) {
    throw new ControlError('Content-Type must be application/json');
  }
  if (text === null) throw new ControlError('the body is too long');
  if (text === '') return {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Body;
  } catch {
    // Falls through to the one message for every body that is no JSON object.
  }
  throw new ControlError('the body must be a JSON object');
}

/** The caller's mistakes are 400 or 404, anything else is the simulator's own. */
export function statusOf(error: unknown): number {
  if (error instanceof ControlError) return error.status;
  return error instanceof FaultOrderError || error instanceof URIError ? 400 : 500;
}

export function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

/** Undefined where it is absent. */
export function numberOf(body: Body, name: string): number | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new ControlError(`${name} must be a number`);
  return value;
}

export function found<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new ControlError(`no such ${what}`, 404);
  return value;
}
