import { randomUUID } from 'node:crypto';
import createFetchClient, { type Client, type Middleware } from 'openapi-fetch';
import { ApiProblem, Unreachable, problemOf } from './errors';
import type { components, paths } from './schema';

export { ApiProblem, NOT_OF_THE_SERVICE, Unreachable } from './errors';
export type { Fault } from './errors';
export type { components, operations, paths } from './schema';

/** What an answer of the API looks like, by its name in the OpenAPI document. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** Its answers are JSON; lists as CSV or XLSX are for `fetch` or a browser. */
export type MerchantBillingClient = Client<paths, 'application/json'>;

export interface ClientOptions {
  /** Where the service listens, such as `https://billing.example.com`. */
  baseUrl: string;
  /** An API key. */
  apiKey: string;
  /** Milliseconds an answer may take; 30 seconds unless stated. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;

/** The methods that carry an Idempotency-Key. */
const KEYED_METHODS = ['POST'];

/**
 * A client of the admin API whose paths, parameters and answers are those of its OpenAPI document.
 *
 * Every POST carries an `Idempotency-Key`: a random one, unless the call states its own. Who must repeat a call whose
 * answer was lost states the same key again, and nothing happens twice.
 *
 * @throws {ApiProblem} from every call the service refuses; {Unreachable} when no answer came
 */
export function createClient({ baseUrl, apiKey, timeoutMs = TIMEOUT_MS }: ClientOptions): MerchantBillingClient {
  const client = createFetchClient<paths, 'application/json'>({ baseUrl: baseUrl.replace(/\/+$/, '') });
  client.use(requests(apiKey, timeoutMs), answers);
  return client;
}

function requests(apiKey: string, timeoutMs: number): Middleware {
  return {
    onRequest({ request }) {
      request.headers.set('authorization', `Bearer ${apiKey}`);
      if (KEYED_METHODS.includes(request.method) && !request.headers.has('idempotency-key')) {
        request.headers.set('idempotency-key', randomUUID());
      }
      return new Request(request, { signal: AbortSignal.timeout(timeoutMs) });
    },
  };
}

const answers: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
  onError({ error, request }) {
    if (error instanceof ApiProblem) return error;
    return new Unreachable(request, error);
  },
};

/** What {@link everyItem} reads on from. */
export interface PageOf<Item> {
  items: Item[];
  nextCursor: string | null;
}

/**
 * All items of a list, page by page as they are asked for.
 *
 * @param page gives the page behind a cursor; the first one for `undefined`
 */
export async function* everyItem<Item>(
  page: (cursor: string | undefined) => Promise<PageOf<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await page(cursor);
    yield* items;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}
