import Fastify from 'fastify';
import { boundManagement } from '../../src/platform/http-server/management';
import type { RunningService } from '../../src/service';
import { Metrics } from '../../src/platform/metrics';
import { startAdminWorld, type AdminWorld } from '../support/admin-world';
import { until } from '../support/until';

describe('metrics, health and the page of the API', () => {
  let world: AdminWorld;

  beforeAll(async () => {
    world = await startAdminWorld({ ROLE: 'all' });
  });

  afterAll(() => world.close());

  const status = async (url: string): Promise<number> => (await fetch(url)).status;

  it('are answered a few at a time where they are large, however many ask, and a probe always is', async () => {
    const fastify = Fastify();
    boundManagement(fastify, { managementPort: undefined });
    let letGo: (text: string) => void = () => undefined;
    const answer = new Promise<string>((resolve) => (letGo = resolve));
    fastify.get('/metrics', () => answer);
    fastify.get('/health/live', () => 'live');
    const url = await fastify.listen({ port: 0, host: '127.0.0.1' });
    const asked = Array.from({ length: 20 }, () => fetch(`${url}/metrics`));
    // The refused ones answer while the others wait.
    const refused: Response[] = [];
    for (const one of asked) void one.then((got) => got.status !== 200 && refused.push(got));
    await until('those beyond are refused', () => Promise.resolve(refused.length === 12 || undefined));
    expect(await status(`${url}/health/live`)).toBe(200);
    letGo('figures');
    const statuses = (await Promise.all(asked)).map((got) => got.status);
    expect(statuses.filter((one) => one === 200)).toHaveLength(8);
    expect(await status(`${url}/metrics`)).toBe(200);
    await fastify.close();
  });

  it('write metrics once for all who ask at a time, and a document once', async () => {
    const metrics = world.service.app.get(Metrics);
    const [one, other] = [metrics.exposition(), metrics.exposition()];
    expect(one).toBe(other);
    await one;
    const texts = await Promise.all([1, 2].map(async () => (await fetch(`${world.service.url}/docs-json`)).text()));
    expect(texts[0]).toBe(texts[1]);
  });

  describe('on a port of their own', () => {
    let service: RunningService;

    beforeAll(async () => {
      service = await world.replica({ MANAGEMENT_PORT: '0' });
    });

    it.each(['/health/live', '/health/ready', '/metrics', '/docs', '/docs-json'])('%s is there only', async (path) => {
      expect(await status(`http://127.0.0.1:${service.managementPort}${path}`)).toBe(200);
      expect(await status(service.url + path)).toBe(404);
    });

    it.each(['/admin/v1/products', '/noti_listener'])('%s is not there', async (path) => {
      expect(await status(`http://127.0.0.1:${service.managementPort}${path}`)).toBe(404);
      expect(await status(service.url + path)).not.toBe(404);
    });
  });
});
