import { Client } from 'pg';
import { readConfiguration } from '../../src/config';
import { Notification } from '../../src/inbox';
import { startService, type RunningService, type ServiceOverrides } from '../../src/service';
import { serviceEnvironment } from './service-environment';
import { createTestDatabase, type TestDatabase } from './test-database';

export interface ListenerAnswer {
  status: number;
  body: { resultCode: string; resultMsg: string };
  headers: Headers;
}

/** With how often it was sent: each that was refused may have been stored all the same. */
export type LastAnswer = ListenerAnswer & { times: number };

/** A service with the listener role only, on a database of its own, and what a test needs to look behind it. */
export class ListenerWorld {
  readonly logLines: string[] = [];
  readonly services: RunningService[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly client: Client,
  ) {}

  static async start(): Promise<ListenerWorld> {
    const database = await createTestDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    return new ListenerWorld(database, client);
  }

  /** Starts a listener; closed with the world. */
  async listen(settings: NodeJS.ProcessEnv = {}, overrides: ServiceOverrides = {}): Promise<RunningService> {
    const environment = serviceEnvironment(this.database.url, { ROLE: 'listener', LOG_LEVEL: 'info', ...settings });
    const service = await startService(readConfiguration(environment), {
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
      logDestination: { write: (line) => void this.logLines.push(line) },
      ...overrides,
    });
    this.services.push(service);
    return service;
  }

  /** The stored notifications of a job, oldest first. */
  async stored(gatewayJobId: string): Promise<Record<keyof Notification, unknown>[]> {
    const [service] = this.services;
    if (service === undefined) throw new Error('listen first');
    return this.rows<Record<keyof Notification, unknown>>(
      `SELECT ${COLUMNS} FROM notification WHERE gateway_job_id = $1 ORDER BY id`,
      [gatewayJobId],
    );
  }

  async rows<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.client.query(sql, parameters)).rows as Row[];
  }

  async count(): Promise<number> {
    const [row] = await this.rows<{ count: number }>('SELECT count(*)::integer AS count FROM notification');
    return row?.count ?? 0;
  }

  async close(): Promise<void> {
    for (const service of this.services) await service.close();
    await this.client.end();
    await this.database.drop();
  }
}

/** Columns by the names of the entity's properties. */
const COLUMNS = [
  'id',
  'callback_token_hash',
  'notify_version',
  'event',
  'status',
  'gateway_job_id',
  'update_time',
  'other_members',
  'raw_body',
  'content_type',
  'source_address',
  'received_at',
  'last_received_at',
  'repeat_count',
  'state',
  'verified_at',
  'rejected_at',
  'result_code',
  'reopened_at_repeat',
  'attempts',
  'next_attempt_at',
  'given_up_at',
]
  .map((column) => `${column} AS "${column.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}"`)
  .join(', ');

/** What PNS sends. */
export function pnsMessage(jobId: string): string {
  return JSON.stringify({
    notifyVersion: '1.0',
    event: 'bulkJob',
    status: 'completed',
    jobId,
    updateTime: '20150910010101',
  });
}

/** What comes in too slowly, or can't be stored in time. */
const LATE = [408, 503];
/** Far more often than even a busy machine's database is too slow for PNS. */
const MOST_TIMES = 30;

/** Sends as PNS does: what the listener could not read or store in time, as on a busy machine, once more. */
export async function sendTo(...request: Parameters<typeof sendOnce>): Promise<LastAnswer> {
  for (let times = 1; ; times++) {
    const answer = await sendOnce(...request);
    if (!LATE.includes(answer.status) || times === MOST_TIMES) return { ...answer, times };
  }
}

/** Sends one request, however it is answered. */
export async function sendOnce(
  service: { url: string },
  path: string,
  body: string | Uint8Array<ArrayBuffer> | ReadableStream,
  init: RequestInit = {},
): Promise<ListenerAnswer> {
  const response = await fetch(`${service.url}/noti_listener${path}`, {
    method: 'POST',
    body,
    ...(body instanceof ReadableStream && { duplex: 'half' }),
    headers: { 'content-type': 'application/json' },
    ...init,
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
}

/**
 * A listener may refuse what its database does not store in the time PNS waits, as on a busy machine, and PNS sends it again.
 *
 * @returns what a service's log tells of refusals for any other reason
 */
export function refusalsOfTheUnhurried(log: string): string[] {
  const refusals = log.split('\n').filter((line) => line.includes('"msg":"notifications could not be stored"'));
  return refusals.filter((line) => !/time-?out/i.test(line));
}
