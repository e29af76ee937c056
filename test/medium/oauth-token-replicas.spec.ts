import { Client } from 'pg';
import { OAuthGateway } from '../support/oauth-gateway';
import { OAuthReplicaProcess } from '../support/oauth-replica-process';
import { serviceEnvironment } from '../support/service-environment';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const TOKEN_LIFE_SECONDS = 43_200;
/** Time-outs of the default settings, and the lease's margin. */
const LEASE_SECONDS = 5 + 60 + 5;

describe('The access token of three replicas', () => {
  let database: TestDatabase;
  let client: Client;
  let gateway: OAuthGateway;
  let replicas: OAuthReplicaProcess[];

  beforeEach(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    [gateway] = await Promise.all([OAuthGateway.start(), client.connect()]);
    const environment = serviceEnvironment(database.url, { TSTORE_AUTH_BASE_URL: gateway.url, LOG_LEVEL: 'trace' });
    replicas = await Promise.all([1, 2, 3].map(() => OAuthReplicaProcess.start(environment)));
  });

  afterEach(async () => {
    gateway.release();
    await Promise.all(replicas.map((replica) => replica.close()));
    await gateway.shut();
    await client.end();
    await database.drop();
  });

  /** Twenty callers at once while the gateway takes its time, so that all of them find no token. */
  async function twentyCallers(requestsBefore: number): Promise<unknown[]> {
    gateway.hold();
    const outcomes = replicas.map((replica, index) => replica.get([7, 7, 6][index] ?? 0));
    await gateway.reached(requestsBefore + 1);
    // Orders are taken in turn: who has answered this one is waiting for the token.
    await Promise.all(replicas.map((replica) => replica.advanceSeconds(0)));
    gateway.release();
    return (await Promise.all(outcomes)).flat();
  }

  const twentyTimes = (number: number): unknown[] =>
    Array.from({ length: 20 }, () => ({ value: `secret-token-${number}`, generation: String(number) }));

  async function row(): Promise<Record<string, unknown>> {
    return (await client.query('SELECT * FROM oauth_token')).rows[0] as Record<string, unknown>;
  }

  it('is asked for once by twenty callers, once more when it has expired, and once more when it was refused', async () => {
    expect(await twentyCallers(0)).toEqual(twentyTimes(1));
    expect(gateway.requests).toHaveLength(1);

    await Promise.all(replicas.map((replica) => replica.advanceSeconds(TOKEN_LIFE_SECONDS)));
    expect(await twentyCallers(1)).toEqual(twentyTimes(2));
    expect(gateway.requests).toHaveLength(2);

    await Promise.all(replicas.map((replica) => replica.invalidate('2')));
    expect(await twentyCallers(2)).toEqual(twentyTimes(3));
    expect(gateway.requests).toHaveLength(3);

    await Promise.all(replicas.map((replica) => replica.invalidate('2')));
    const again = await Promise.all(replicas.map((replica) => replica.get(1)));
    expect(again.flat()).toEqual(twentyTimes(3).slice(0, 3));
    expect(gateway.requests).toHaveLength(3);
  });

  it('is asked for by another when the one that asked is killed, once the lease has run out', async () => {
    const [first, second, third] = replicas as [OAuthReplicaProcess, OAuthReplicaProcess, OAuthReplicaProcess];
    gateway.hold();
    void first.get(1);
    await gateway.reached(1);
    const outcomes = [second.get(3), third.get(3)];
    await first.kill();

    await Promise.all([second, third].map((replica) => replica.advanceSeconds(0)));
    expect(gateway.requests).toHaveLength(1);

    await Promise.all([second, third].map((replica) => replica.advanceSeconds(LEASE_SECONDS)));
    await gateway.reached(2);
    gateway.release();
    const token = { value: 'secret-token-2', generation: '1' };
    expect((await Promise.all(outcomes)).flat()).toEqual(Array.from({ length: 6 }, () => token));
    expect(gateway.requests).toHaveLength(2);
    expect(await row()).toMatchObject({ generation: '1', refresh_lease_id: null, refresh_failure: null });
  });

  it('is not overwritten by one that froze while it asked and woke up after another took over', async () => {
    const [frozen, other] = replicas as [OAuthReplicaProcess, OAuthReplicaProcess];
    gateway.hold();
    const late = frozen.get(2);
    await gateway.reached(1);
    frozen.freeze();

    await other.advanceSeconds(LEASE_SECONDS);
    const taken = other.get(1);
    await gateway.reached(2);
    gateway.release();
    const token = { value: 'secret-token-2', generation: '1' };
    expect(await taken).toEqual([token]);
    const stored = await row();

    frozen.wake();
    expect(await late).toEqual([token, token]);
    expect(await row()).toEqual(stored);
    expect(gateway.requests).toHaveLength(2);
    expect(frozen.logLines.join('')).toContain('another replica took over');
  });

  it('keeps no transaction open while the gateway is asked', async () => {
    gateway.hold();
    const outcomes = replicas.map((replica) => replica.get(2));
    await gateway.reached(1);
    const { rows } = await client.query(
      `SELECT query FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'`,
    );
    expect(rows).toEqual([]);
    gateway.release();
    await Promise.all(outcomes);
  });

  it('stands neither in the database nor in a log in clear, and neither does the client secret', async () => {
    await twentyCallers(0);
    await Promise.all(replicas.map((replica) => replica.invalidate('1')));
    gateway.refuseWith({ status: 401, body: `unknown client: ${gateway.requests[0]}` });
    const [outcomes] = await Promise.all(replicas.map((replica) => replica.get(1)));
    gateway.refuseWith(undefined);
    const { rows } = await client.query('SELECT t::text FROM oauth_token t');
    const seen = JSON.stringify([rows, outcomes, replicas.map((replica) => replica.logLines)]);
    expect(seen).toContain('access token issued');
    expect(seen).toContain('unknown client');
    const secrets = ['secret-token', 'secret-of-the-client', gateway.requests[0]?.slice('BASIC '.length) ?? ''];
    for (const secret of secrets) {
      for (const encoding of ['utf8', 'hex', 'base64'] as const) {
        expect(seen).not.toContain(Buffer.from(secret).toString(encoding).replace(/=+$/, ''));
      }
    }
  });
});
