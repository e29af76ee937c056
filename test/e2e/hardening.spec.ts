import { readdir, stat, mkdtemp, rm } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyRequest } from 'fastify';
import { uploadBodyOf } from '../../src/admin/frame/upload-body';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { bearer } from '../support/admin-world';
import { requestFile } from '../support/request-files';
import { send } from '../support/subscribers';
import { until } from '../support/until';

describe('what a reviewer of the doors asks for', () => {
  let world: BillingWorld;
  let directory: string;
  const logLines: string[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hardening-'));
    const environment = { LOG_DIR: join(directory, 'log'), PUBLIC_BASE_URL: 'https://billing.example.com' };
    world = await startWorld({ environment, logLines });
  });

  afterAll(async () => {
    await world.close();
    await rm(directory, { recursive: true, force: true });
  });

  const logged = (...parts: string[]): string | undefined =>
    logLines.find((line) => parts.every((part) => line.includes(part)));

  it.each(['/admin/v1/products', '/docs', '/health/live', '/nothing'])('%s is of no use to a page', async (path) => {
    const { headers } = await fetch(world.service.url + path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age=31536000'),
      'content-security-policy': expect.stringContaining(`frame-ancestors 'none'`),
    });
    expect([headers.get('access-control-allow-origin'), headers.get('x-powered-by')]).toEqual([null, null]);
    expect(!path.startsWith('/admin') || headers.get('cache-control') === 'no-store').toBe(true);
  });

  it('a request has its own id, whatever a stranger says', async () => {
    const answer = await fetch(`${world.service.url}/health/live`, {
      headers: { 'x-request-id': 'chosen-by-a-stranger' },
    });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-\d+$/);
  });

  it('the log names the key of who reads and of who is refused, and is its owner’s alone', async () => {
    await world.get('charges?limit=1');
    expect(
      logged('"path":"/admin/v1/charges"', '"status":200', '"owner":"kim@example.com"', '"keyId":"1"'),
    ).toBeDefined();
    expect((await send(world, 'POST', 'api-keys', { name: 'x', owner: 'kim', role: 'viewer' })).status).toBe(403);
    expect(
      logged('"path":"/admin/v1/api-keys"', '"status":403', '"owner":"kim@example.com"', '"keyId":"1"'),
    ).toBeDefined();
    const log = join(directory, 'log');
    const modes = await Promise.all(
      [log, ...(await readdir(log)).map((name) => join(log, name))].map(
        async (path) => (await stat(path)).mode & 0o777,
      ),
    );
    expect(modes).toEqual([0o700, ...modes.slice(1).map(() => 0o600)]);
    expect(modes.length).toBeGreaterThan(1);
  });

  it('each call to T store leaves a line and a figure, and no secret', async () => {
    await world.upload(requestFile(1, 'calls-'));
    const isTold = () => Promise.resolve(logged('T store called', '"operation":"submit"'));
    await until('T store was called', isTold);
    const metrics = await (await fetch(`${world.service.url}/metrics`)).text();
    for (const operation of ['token', 'submit']) {
      expect(JSON.parse(logged('T store called', `"operation":"${operation}"`) ?? '{}')).toMatchObject({
        outcome: '200',
        ms: expect.any(Number),
      });
      expect(metrics).toContain(`tstore_call_duration_seconds_count{operation="${operation}",outcome="200"}`);
    }
  });

  it('an upload that drips is ended, and one that keeps the pace is not', async () => {
    const read = async (body: PassThrough, graceMs: number): Promise<number> => {
      const request = { body, headers: {} } as unknown as FastifyRequest;
      const pace = { graceMs, bytesPerSecond: 1_000_000, checkMs: 1 };
      let bytes = 0;
      for await (const piece of uploadBodyOf(request, 1_000, 'text/plain', pace)) bytes += piece.length;
      return bytes;
    };
    const dripping = new PassThrough();
    dripping.write('x');
    await expect(read(dripping, 1)).rejects.toMatchObject({ code: 'upload-too-slow' });
    const brisk = new PassThrough();
    brisk.end('x'.repeat(100));
    expect(await read(brisk, 60_000)).toBe(100);
  });

  it('a key may not be used by a page: the token is asked for in the header alone', async () => {
    const answer = await fetch(`${world.service.url}/admin/v1/products`, {
      method: 'OPTIONS',
      headers: { ...bearer('x'), origin: 'https://evil.example.com', 'access-control-request-method': 'GET' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
