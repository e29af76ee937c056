import { readConfiguration } from '../../src/config';
import { startService, type RunningService } from '../../src/service';
import { MovableClock, type JsonBody } from './billing-world';
import { assertDescribed } from './described-answers';
import { ADMIN_KEY, BOOTSTRAP_KEY, serviceEnvironment } from './service-environment';
import { createTestDatabase, type TestDatabase } from './test-database';

export interface AdminAnswer {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, else the text. */
  body: JsonBody;
}

export interface AdminRequest {
  body?: unknown;
  headers?: Record<string, string>;
}

/** The admin API alone, on a database of its own, called with any key. */
export interface AdminWorld {
  service: RunningService;
  database: TestDatabase;
  clock: MovableClock;
  environment: NodeJS.ProcessEnv;
  logLines: string[];
  /** With the key of who runs the service unless another `Authorization` is given. A body that is text or bytes is sent as it is. */
  call(method: string, path: string, request?: AdminRequest): Promise<AdminAnswer>;
  /** Makes a key with the bootstrap key. @returns its id and its token */
  key(role: string, more?: object): Promise<{ id: string; token: string }>;
  /** Another replica on the same database; closed with the world. */
  replica(settings?: NodeJS.ProcessEnv): Promise<RunningService>;
  close(): Promise<void>;
}

export const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });

export async function startAdminWorld(settings: NodeJS.ProcessEnv = {}): Promise<AdminWorld> {
  const database = await createTestDatabase();
  const clock = new MovableClock();
  const logLines: string[] = [];
  const environment = serviceEnvironment(database.url, { ROLE: 'admin', LOG_LEVEL: 'trace', ...settings });
  const running: RunningService[] = [];
  const start = async (more: NodeJS.ProcessEnv = {}): Promise<RunningService> => {
    const service = await startService(readConfiguration({ ...environment, ...more }), {
      clock,
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
      logDestination: { write: (line) => void logLines.push(line) },
    });
    running.push(service);
    return service;
  };
  const service = await start();
  const call = (method: string, path: string, request?: AdminRequest): Promise<AdminAnswer> =>
    callAdmin(service.url, method, path, request);
  return {
    service,
    database,
    clock,
    environment,
    logLines,
    call,
    key: async (role, more = {}) => {
      const { status, body } = await call('POST', 'api-keys', {
        body: { name: `a ${role}`, owner: `${role}@example.com`, role, ...more },
        headers: bearer(BOOTSTRAP_KEY),
      });
      if (status !== 201) throw new Error(`no key: ${JSON.stringify(body)}`);
      return body;
    },
    replica: start,
    close: async () => {
      for (const one of running) await one.close();
      await database.drop();
    },
  };
}

export async function callAdmin(
  url: string,
  method: string,
  path: string,
  { body, headers = {} }: AdminRequest = {},
): Promise<AdminAnswer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(`${url}/admin/v1/${path}`, {
    method,
    headers: {
      ...bearer(ADMIN_KEY),
      ...(body !== undefined && !isRaw && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: isRaw ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const answer = { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  if (isJson) assertDescribed(method, path, answer.status, answer.body);
  return answer;
}
