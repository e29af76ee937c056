import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { requestFile } from '../support/request-files';
import { until } from '../support/until';

const FORGED = 400;

describe('notifications that strangers send', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    // Jobs complete when a test says so. PNS is asked about what anybody may send as seldom as can be.
    world = await startWorld({
      simulator: { declineRate: 0, processingDelayMs: 3_600_000 },
      environment: { PNS_QUESTIONS_PER_MINUTE: '1' },
    });
  });

  afterAll(() => world.close());

  const jobOf = async (id: string): Promise<JsonBody> => (await world.get(`bulk-payment-jobs/${id}`)).body;
  const questions = () => world.simulator.control.calls().filter(({ path }) => path.includes('verif'));

  async function sent(prefix: string): Promise<JsonBody> {
    const { body } = await world.upload(requestFile(2, prefix));
    return until('the job is sent', async () => {
      const job = await jobOf(body.id);
      return job.submission?.gatewayJobId ? job : undefined;
    });
  }

  async function forge(gatewayJobId: string, count: number): Promise<void> {
    for (let sent = 0; sent < count; sent += 1) {
      const updateTime = String(20260101000000 + sent);
      const message = { notifyVersion: '1.0', event: 'bulkJob', status: 'completed', jobId: gatewayJobId, updateTime };
      const answer = await fetch(`${world.service.url}/noti_listener`, {
        method: 'POST',
        body: JSON.stringify(message),
      });
      expect(answer.status).toBe(200);
    }
  }

  it('hold up no genuine one, move no job, and are asked about at a pace', async () => {
    const job = await sent('forged-');
    await forge(job.submission.gatewayJobId, FORGED);
    expect(await jobOf(job.id)).toMatchObject({ state: 'Processing' });
    const settled = await world.settled(job.id);
    // One question would do; a minute or more on a slow machine lets a few of the strangers' pass.
    expect(questions().length).toBeLessThan(FORGED / 10);
    expect(settled.history.map((entry: JsonBody) => entry.toState)).toEqual([
      'Created',
      'Processing',
      'Completed',
      'VerifiedCompleted',
    ]);
  });

  it('are not what an operator must look after', async () => {
    world.clock.advanceSeconds(3_600);
    const { body } = await world.get('summary');
    const kinds: string[] = body.stuck.map(({ kind }: JsonBody) => kind);
    expect(kinds.filter((kind) => kind.startsWith('notifications-'))).toEqual([]);
  });
});
