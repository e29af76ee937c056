import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readConfiguration } from '../../src/config';
import { startService } from '../../src/service';
import { ADMIN_KEY, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { TOKEN_64, requestFile, sampleFile } from '../support/request-files';

const run = promisify(execFile);
const root = join(__dirname, '../..');

describe('npm run reencrypt', () => {
  let world: BillingWorld;
  const newKey = `new:${randomBytes(32).toString('base64')}`;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 } });
  });

  afterAll(() => world.close());

  function reencrypt(keys: string): Promise<{ stdout: string }> {
    const env = { ...process.env, ...world.environment, ENCRYPTION_KEYS: keys };
    return run('node', ['dist/src/commands/reencrypt.js'], { cwd: root, env });
  }

  it('moves every secret and file under the first key while the service runs, so that the old key can go', async () => {
    world.simulator.control.armFault({ kind: 'result-amount-altered' });
    const altered = await world.settled((await world.upload(requestFile(4, 'old-'))).body.id);
    const sample = await world.settled((await world.upload(sampleFile('old-tx'))).body.id);

    const oldKeys = world.environment.ENCRYPTION_KEYS ?? '';
    const { stdout } = await reencrypt(`${newKey},${oldKeys}`);
    expect(stdout).toMatch(/oauth_token: 1 encrypted anew/);
    expect(stdout).toMatch(/billing_token: 6 encrypted anew/);
    expect(stdout).toMatch(/discrepancy: 1 encrypted anew/);
    expect(stdout).toMatch(/api_key: 2 signed anew/);
    expect(stdout).toMatch(/files: 4 encrypted anew/);
    expect((await reencrypt(`${newKey},${oldKeys}`)).stdout).toMatch(/files: 0 encrypted anew/);

    const environment = { ...world.environment, ENCRYPTION_KEYS: newKey, ROLE: 'admin' };
    const service = await startService(readConfiguration(environment), {
      drainTimes: { noticeMs: 0, finishMs: 1_000 },
    });
    try {
      const get = async (path: string): Promise<Response> =>
        fetch(`${service.url}/admin/v1/bulk-payment-jobs/${path}`, {
          headers: { Authorization: `Bearer ${ADMIN_KEY}` },
        });
      expect(await (await get(`${sample.id}/request-file`)).text()).toBe(sampleFile('old-tx'));
      expect(await (await get(`${sample.id}/result-file`)).text()).toContain(TOKEN_64);
      const discrepancies = (await (await get(`${altered.id}/discrepancies`)).json()) as JsonBody;
      expect(discrepancies.items[0].rawLine).toContain(discrepancies.items[0].orderNo);
    } finally {
      await service.close();
    }
  });

  it('says which key is missing, and changes nothing', async () => {
    await expect(reencrypt(`other:${randomBytes(32).toString('base64')}`)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/ENCRYPTION_KEYS lacks the key "new"/),
    });
  });
});
