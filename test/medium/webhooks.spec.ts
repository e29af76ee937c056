import { randomUUID } from 'node:crypto';
import { readConfiguration } from '../../src/config';
import { NotificationVerification } from '../../src/bulk-payment';
import { webhooksOf } from '../../src/gateways';
import { NotificationRepository, type NotificationClaim, type Webhook } from '../../src/inbox';
import type { RunningService } from '../../src/service';
import { ListenerWorld, pnsMessage, sendTo } from '../support/listener-world';
import { serviceEnvironment } from '../support/service-environment';

const answer = (status: number, said: string) => ({ status, body: JSON.stringify({ said }) });

/** A gateway that says who it is in the address, signs by a header, and has an id a message. */
const ANOTHER: Webhook = {
  gateway: 'toss',
  paths: ['/webhooks/another/:account'],
  bodyLimitBytes: 200,
  allowedCidrs: [],
  answers: {
    stored: answer(202, 'taken'),
    malformed: answer(422, 'what is this?'),
    noSuchAccount: answer(404, 'whose?'),
    forbidden: answer(403, 'who are you?'),
    wrongMethod: answer(405, 'POST it'),
    tooLarge: answer(413, 'shorter'),
    tooMuch: answer(429, 'tomorrow'),
    notStored: answer(500, 'again'),
  },
  read({ body, parameters, headers }) {
    const text = body.toString('utf8');
    if (!text.startsWith('message ')) return undefined;
    const { signature } = headers;
    return {
      identity: [text],
      gatewayAccount: parameters.account ?? null,
      callbackTokenHash: null,
      members: { notifyVersion: null, event: 'paid', status: null, gatewayJobId: null, updateTime: null },
      otherMembers: { text },
      signedHeaders: typeof signature === 'string' ? { signature } : null,
    };
  },
};

describe('a gateway beside T store that sends messages of its own', () => {
  let world: ListenerWorld;
  let service: RunningService;
  let scheduler: RunningService;

  beforeAll(async () => {
    world = await ListenerWorld.start();
    const ofTstore = webhooksOf(readConfiguration(serviceEnvironment(world.database.url, {})));
    service = await world.listen({}, { webhooks: [...ofTstore, ANOTHER] });
    // No step is at work by itself: T store's, which looks for what no job waits for too, is called when a test says so.
    scheduler = await world.listen({ ROLE: 'admin' });
    await world.rows(`
      INSERT INTO gateway_account (id, gateway, label, environment, purpose, identifiers, created_at, updated_at)
      VALUES ('shop', 'toss', 'the shop', 'simulator', 'any', '{}', now(), now())`);
  });

  afterAll(() => world.close());

  async function send(body: string, init: RequestInit = {}, account = 'shop') {
    const response = await fetch(`${service.url}/webhooks/another/${account}`, { method: 'POST', body, ...init });
    const { said } = (await response.json()) as { said: string };
    return { status: response.status, said };
  }

  const stored = (text: string) =>
    world.rows(
      `SELECT gateway, gateway_account, event, signed_headers, repeat_count, state FROM notification
       WHERE other_members ->> 'text' = $1`,
      [text],
    );

  it('has them stored with its account and signature, and is answered in its own words', async () => {
    const text = `message ${randomUUID()}`;
    const signed = { headers: { signature: 'abc' } };
    expect(await send(text, signed)).toEqual({ status: 202, said: 'taken' });
    expect(await send(text, signed)).toEqual({ status: 202, said: 'taken' });
    expect(await stored(text)).toEqual([
      {
        gateway: 'toss',
        gateway_account: 'shop',
        event: 'paid',
        signed_headers: { signature: 'abc' },
        repeat_count: 1,
        state: 'Received',
      },
    ]);
  });

  it('is told by its own words and limits what is no message', async () => {
    expect(await send('nonsense')).toEqual({ status: 422, said: 'what is this?' });
    expect(await send(`message ${'x'.repeat(200)}`)).toEqual({ status: 413, said: 'shorter' });
    expect(await send('', { method: 'PUT' })).toEqual({ status: 405, said: 'POST it' });
    const { status, body } = await sendTo(service, '', 'nonsense');
    expect({ status, body }).toMatchObject({ status: 400, body: { resultCode: '9999' } });
  });

  it('is refused where it names an account that is none of its, and costs its neighbours nothing', async () => {
    const told = await Promise.all(
      ['nobody', 'shop', 'tstore'].map(async (account) => {
        const text = `message to ${account}`;
        const { status, said } = await send(text, {}, account);
        return [status, said, (await stored(text)).length];
      }),
    );
    expect(told).toEqual([
      [404, 'whose?', 0],
      [202, 'taken', 1],
      [404, 'whose?', 0],
    ]);
  });

  it('shares no key with T store: what is the same message to one is none to the other', async () => {
    const { status } = await sendTo(service, '', pnsMessage('77'));
    expect(status).toBe(200);
    const [row] = await world.rows<{ count: number }>(`
      WITH another AS (
        INSERT INTO notification (gateway, message_key, raw_body, received_at, last_received_at, repeat_count, state,
          next_attempt_at)
        SELECT 'toss', message_key, raw_body, received_at, received_at, 0, 'Received', received_at
        FROM notification WHERE gateway_job_id = '77'
        RETURNING id)
      SELECT count(*)::integer AS count FROM another`);
    expect(row).toEqual({ count: 1 });
  });

  it('finds its own messages and none of T store’s, and T store’s step leaves them', async () => {
    const tstores = scheduler.app.get(NotificationVerification, { strict: false });
    for (let done = 1; done > 0;) {
      const report = await tstores.runOnce();
      done = report.done + report.postponed;
    }
    const repository = scheduler.app.get(NotificationRepository, { strict: false });
    const later = new Date(Date.now() + 60_000);
    const claimed: NotificationClaim[] = [];
    for (;;) {
      const claim = await repository.claimDue('toss', later, 600);
      if (claim === undefined) break;
      claimed.push(claim);
    }
    expect(claimed.length).toBeGreaterThan(2);
    expect(new Set(claimed.map(({ notification }) => notification.gateway))).toEqual(new Set(['toss']));
    const touched = claimed.filter(({ notification: { attempts, givenUpAt } }) => attempts > 0 || givenUpAt !== null);
    expect(touched).toEqual([]);
    const [first] = claimed;
    await repository.setAside(first as NotificationClaim, 'nothing here acts on it yet');
    expect(await repository.find((first as NotificationClaim).notification.id)).toMatchObject({
      state: 'Received',
      lastError: 'nothing here acts on it yet',
    });
  });
});
