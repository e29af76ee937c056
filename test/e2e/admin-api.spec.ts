import { ADMIN_KEY, startWorld, type BillingWorld } from '../support/billing-world';
import { REQUEST_HEADER, requestFile } from '../support/request-files';
import { until } from '../support/until';

describe('the admin API refuses clearly and changes nothing', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({
      environment: { UPLOAD_MAX_MEGABYTES: '1', TSTORE_API_BASE_URL: 'http://127.0.0.1:1' },
    });
  });

  afterAll(() => world.close());

  function call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, ...init.headers };
    return fetch(`${world.service.url}/admin/v1/${path}`, { ...init, headers });
  }

  it.each(['', 'Bearer wrong', `Basic ${ADMIN_KEY}`, `Bearer ${ADMIN_KEY}x`])('the key %p', async (authorization) => {
    for (const path of ['bulk-payment-jobs', 'bulk-payment-jobs/1', 'bulk-payment-jobs/1/request-file']) {
      const answer = await call(path, { headers: { Authorization: authorization } });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(await answer.json()).toMatchObject({ code: 'api-key-required', status: 401 });
    }
    const upload = await call('bulk-payment-jobs', {
      method: 'POST',
      body: requestFile(1, 'intruder-'),
      headers: { Authorization: authorization, 'Content-Type': 'text/plain' },
    });
    expect(upload.status).toBe(401);
  });

  it.each([
    ['bulk-payment-jobs?limit=0', 400, 'invalid-request', 'limit'],
    ['bulk-payment-jobs?limit=1001', 400, 'invalid-request', 'limit'],
    ['bulk-payment-jobs?state=Done', 400, 'invalid-request', 'state'],
    ['bulk-payment-jobs?cursor=-1', 400, 'invalid-request', 'cursor'],
    ['bulk-payment-jobs?sort=id', 400, 'invalid-request', 'sort'],
    ['bulk-payment-jobs/one', 400, 'invalid-request', 'id'],
    ['bulk-payment-jobs/999999999999999999', 404, 'job-not-found', undefined],
    ['bulk-payment-jobs/999/charges', 404, 'job-not-found', undefined],
    ['bulk-payment-jobs/999/discrepancies', 404, 'job-not-found', undefined],
    ['bulk-payment-jobs/999/result-file', 404, 'job-not-found', undefined],
    ['bulk-payment-job', 404, 'route-not-found', undefined],
  ])('GET %s', async (path, status, code, field) => {
    const answer = await call(path);
    expect(answer.status).toBe(status);
    const problem = (await answer.json()) as { code: string; faults?: { field: string }[] };
    expect(problem.code).toBe(code);
    expect(problem.faults?.[0]?.field).toBe(field);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', 415, 'unsupported-content-type'],
    ['JSON', 'application/json', 415, 'unsupported-content-type'],
  ])('an upload as %s', async (_name, contentType, status, code) => {
    const answer = await call('bulk-payment-jobs', {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': contentType },
    });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });

  it('an upload that is too large, announced or not', async () => {
    const large = `${REQUEST_HEADER}\n${'x'.repeat(1024 * 1024)}`;
    const announced = await call('bulk-payment-jobs', {
      method: 'POST',
      body: large,
      headers: { 'Content-Type': 'text/plain' },
    });
    expect(announced.status).toBe(413);
    expect(await announced.json()).toMatchObject({ code: 'payload-too-large' });
    const chunked = await call('bulk-payment-jobs', {
      method: 'POST',
      body: new Blob([large]).stream(),
      headers: { 'Content-Type': 'text/plain' },
      duplex: 'half',
    });
    expect(chunked.status).toBe(413);
    expect(((await (await call('bulk-payment-jobs')).json()) as { items: unknown[] }).items).toEqual([]);
  });

  it('a file that does not exist yet', async () => {
    const { body } = await world.upload(requestFile(2, 'early-'));
    const result = await call(`bulk-payment-jobs/${body.id}/result-file`);
    expect(result.status).toBe(404);
    expect(await result.json()).toMatchObject({ code: 'file-not-ready', retryable: true });
    const request = await until('the request file is written', async () => {
      const answer = await call(`bulk-payment-jobs/${body.id}/request-file`);
      return answer.status === 200 ? answer : undefined;
    });
    expect(request.headers.get('content-disposition')).toBe(`attachment; filename="job-${body.id}.pay"`);
    expect(request.headers.get('cache-control')).toBe('no-store');
  });
});
