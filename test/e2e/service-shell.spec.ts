import { once } from 'node:events';
import { connect } from 'node:net';
import { Client } from 'pg';
import { readConfiguration } from '../../src/config';
import { startService, type RunningService } from '../../src/service';
import { ADMIN_KEY, serviceEnvironment } from '../support/service-environment';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

interface ProblemAnswer {
  status: number;
  type: string | null;
  headers: Headers;
  body: Record<string, unknown>;
}

describe('the shell of the service', () => {
  let database: TestDatabase;
  let service: RunningService;
  const started: RunningService[] = [];
  const logLines: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    service = await start({ ROLE: 'admin,listener' });
  });

  afterAll(async () => {
    for (const running of started) await running.close();
    await database.drop();
  });

  async function start(settings: NodeJS.ProcessEnv): Promise<RunningService> {
    const environment = serviceEnvironment(database.url, {
      LOG_LEVEL: 'debug',
      TRUSTED_PROXY_CIDRS: '127.0.0.0/8',
      ...settings,
    });
    const running = await startService(readConfiguration(environment), {
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
      logDestination: { write: (line) => void logLines.push(line) },
    });
    started.push(running);
    return running;
  }

  async function ask(path: string, init: RequestInit = {}, to = service): Promise<ProblemAnswer> {
    const response = await fetch(`${to.url}${path}`, init);
    const text = await response.text();
    const type = response.headers.get('content-type');
    const body = type?.includes('json') ? (JSON.parse(text) as Record<string, unknown>) : { text };
    return { status: response.status, type, headers: response.headers, body };
  }

  const withKey = (init: RequestInit = {}, headers: Record<string, string> = {}): RequestInit => ({
    ...init,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
  });

  const problem = (status: number, code: string) => ({
    status,
    type: 'application/problem+json; charset=utf-8',
    body: {
      type: `urn:merchant-billing:problem:${code}`,
      title: expect.any(String),
      status,
      detail: expect.any(String),
      code,
      retryable: expect.any(Boolean),
      requestId: expect.any(String),
    },
  });

  describe('answers with problem+json', () => {
    it('an address that is none', async () => {
      expect(await ask('/nothing/here?token=secret')).toMatchObject(problem(404, 'route-not-found'));
      expect(await ask('/health/live', { method: 'DELETE' })).toMatchObject(problem(404, 'route-not-found'));
    });

    it('an address that can’t be read, without repeating it', async () => {
      const answer = await ask('/%zz-secret');
      expect(answer).toMatchObject(problem(400, 'invalid-request'));
      expect(JSON.stringify(answer.body)).not.toContain('secret');
    });

    it.each([
      ['none', {}],
      ['a wrong key', { authorization: 'Bearer wrong-key-of-enough-characters' }],
      ['a part of the key', { authorization: `Bearer ${ADMIN_KEY.slice(0, -1)}` }],
      ['another scheme', { authorization: `Basic ${ADMIN_KEY}` }],
      ['an empty key', { authorization: 'Bearer ' }],
    ])('a request with %s for a key', async (_, headers: Record<string, string>) => {
      const answer = await ask('/admin/v1/bulk-payment-jobs', { headers });
      expect(answer).toMatchObject(problem(401, 'api-key-required'));
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    });

    it('fields that are not valid, all of them by name, unknown ones too, and no value', async () => {
      const answer = await ask('/admin/v1/bulk-payment-jobs?limit=secret1&state=secret2&colour=secret3', withKey());
      expect(answer).toMatchObject(problem(400, 'invalid-request'));
      const faults = answer.body.faults as { field: string }[];
      expect(new Set(faults.map(({ field }) => field))).toEqual(new Set(['limit', 'state', 'colour']));
      expect(JSON.stringify(answer.body)).not.toContain('secret');
    });

    it('a body it can’t read', async () => {
      const post = { method: 'POST', body: '{"a":' };
      const json = withKey(post, { 'content-type': 'application/json' });
      expect(await ask('/admin/v1/bulk-payment-jobs', json)).toMatchObject(problem(400, 'invalid-request'));
      const form = withKey(post, { 'content-type': 'application/x-www-form-urlencoded' });
      expect(await ask('/admin/v1/bulk-payment-jobs', form)).toMatchObject(problem(415, 'unsupported-content-type'));
      const large = withKey(
        { method: 'POST', body: `"${'x'.repeat(1_100_000)}"` },
        { 'content-type': 'application/json' },
      );
      expect(await ask('/admin/v1/bulk-payment-jobs', large)).toMatchObject(problem(413, 'payload-too-large'));
    });

    it.each(['text/plain', 'text/csv', 'application/octet-stream'])(
      'a body of type %s, which is a stream, where fields are wanted',
      async (type) => {
        const post = withKey({ method: 'POST', body: '{"reason":"x"}' }, { 'content-type': type });
        expect(await ask('/admin/v1/kill-switch', post)).toMatchObject(problem(415, 'unsupported-content-type'));
      },
    );

    it('a failure of ours, telling nothing of its inside, and logs it with its stack', async () => {
      const client = new Client({ connectionString: database.url });
      await client.connect();
      await client.query('ALTER TABLE bulk_payment_job RENAME TO hidden');
      logLines.length = 0;
      const answer = await ask('/admin/v1/bulk-payment-jobs', withKey()).finally(async () => {
        await client.query('ALTER TABLE hidden RENAME TO bulk_payment_job');
        await client.end();
      });
      expect(answer).toMatchObject(problem(500, 'internal-error'));
      expect(JSON.stringify(answer.body)).not.toMatch(/bulk_payment_job|relation|select/i);
      const failure = logLines.find((line) => line.includes('"msg":"request failed"'));
      expect(failure).toContain(String(answer.body.requestId));
      expect(failure).toMatch(/"stack":"[^"]+\.ts:/);
    });
  });

  it('knows each request by an id, a proxy’s where there is one', async () => {
    const own = await ask('/health/live');
    expect(own.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-\d+$/);
    const given = await ask('/nothing', { headers: { 'x-request-id': 'proxy-0123' } });
    expect(given.headers.get('x-request-id')).toBe('proxy-0123');
    expect(given.body.requestId).toBe('proxy-0123');
    const odd = await ask('/nothing', { headers: { 'x-request-id': 'a b"c' } });
    expect(odd.body.requestId).not.toBe('a b"c');
  });

  it('logs each request in one line, health and metrics at debug only', async () => {
    logLines.length = 0;
    await ask('/nothing?token=secret');
    await ask('/health/ready');
    await ask('/metrics');
    const requests = logLines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
    expect(requests).toMatchObject([
      { level: 'info', method: 'GET', path: '/nothing', status: 404, ms: expect.any(Number) },
      { level: 'debug', path: '/health/ready', status: 200 },
      { level: 'debug', path: '/metrics', status: 200 },
    ]);
    expect(logLines.join('')).not.toContain('secret');
  });

  it('says that it lives and is ready, and what it looked at', async () => {
    expect(await ask('/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
    const { status, body } = await ask('/health/ready');
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'ready', notReady: {} } });
    expect(body.checked).toEqual(expect.arrayContaining(['database', 'migrations', 'encryption-keys', 'process']));
  });

  it('is not ready while a migration is missing', async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ timestamp: string; name: string }>(
      'DELETE FROM schema_migration WHERE id = (SELECT max(id) FROM schema_migration) RETURNING timestamp, name',
    );
    const during = await ask('/health/ready');
    const [removed] = rows;
    await client.query('INSERT INTO schema_migration (timestamp, name) VALUES ($1, $2)', [
      removed?.timestamp,
      removed?.name,
    ]);
    await client.end();
    expect(during).toMatchObject({
      status: 503,
      body: { status: 'not-ready', notReady: { migrations: '1 not run yet' } },
    });
    expect(await ask('/health/ready')).toMatchObject({ status: 200 });
  });

  it('is not ready on the schema of a newer version, and does not start on it', async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query("INSERT INTO schema_migration (timestamp, name) VALUES (9999999999999, 'FromTheFuture')");
    const during = await ask('/health/ready');
    const refused = await start({ ROLE: 'admin' }).catch((error: Error) => error.message);
    await client.query("DELETE FROM schema_migration WHERE name = 'FromTheFuture'");
    await client.end();
    const newer = 'the database belongs to a newer version, with 1 migration(s) unknown here; run that version';
    expect(during).toMatchObject({ status: 503, body: { notReady: { migrations: newer } } });
    expect(refused).toContain(newer);
    expect(await ask('/health/ready')).toMatchObject({ status: 200 });
  });

  it('shows its figures, requests by route and never by address', async () => {
    await ask('/noti_listener/some-callback-token', { method: 'POST', body: '{"jobId":"1"}' });
    await ask('/nothing/at/all');
    const { body, type } = await ask('/metrics');
    expect(type).toContain('text/plain');
    expect(body.text).toMatch(
      /http_request_duration_seconds_count\{method="POST",route="\/noti_listener\/:callbackToken",status="200"\} 1/,
    );
    expect(body.text).toMatch(/http_request_duration_seconds_count\{method="GET",route="unmatched",status="404"\}/);
    expect(body.text).toContain('process_resident_memory_bytes');
    expect(body.text).not.toMatch(/some-callback-token|nothing\/at\/all/);
  });

  it('documents the admin API, the key it wants, and nothing else', async () => {
    expect((await ask('/docs')).status).toBe(200);
    const { body } = await ask('/docs-json');
    const paths = Object.keys(body.paths as object);
    expect(paths).toContain('/admin/v1/bulk-payment-jobs');
    expect(paths.every((path) => path.startsWith('/admin/v1/'))).toBe(true);
  });

  it('runs what its roles say and no more', async () => {
    const listener = await start({ ROLE: 'listener', ADMIN_BOOTSTRAP_KEY: '' });
    expect((await ask('/noti_listener', { method: 'POST', body: '{}' }, listener)).status).toBe(200);
    for (const path of ['/admin/v1/bulk-payment-jobs', '/docs', '/docs-json']) {
      expect((await ask(path, withKey(), listener)).status).toBe(404);
    }
    const admin = await start({ ROLE: 'admin' });
    expect((await ask('/admin/v1/bulk-payment-jobs', withKey(), admin)).status).toBe(200);
    expect((await ask('/noti_listener', { method: 'POST', body: '{}' }, admin)).status).toBe(404);
  });

  it('answers what is not HTTP with an error and goes on', async () => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.end('this is not HTTP\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
    expect((await ask('/health/live')).status).toBe(200);
  });
});
