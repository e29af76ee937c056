import { Client } from 'pg';
import { DEFAULT_OPTIONS, startSimulator } from '../../simulator';
import type { GatewayAnswer } from '../../src/gateways/tstore';
import { OAuthTokenRepository } from '../../src/gateways/tstore/access-token/oauth-token.repository';
import { OAuthGateway } from '../support/oauth-gateway';
import { openReplica, outcomeOf, type OAuthReplica, type TokenOutcome } from '../support/oauth-replica';
import { serviceEnvironment } from '../support/service-environment';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const NAME = 'tstore';
const HOLD_OFF_SECONDS = 5;

describe('OAuthTokenStore', () => {
  let database: TestDatabase;
  let client: Client;
  let gateway: OAuthGateway;
  let logLines: string[];
  let replicas: OAuthReplica[];
  let replica: OAuthReplica;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    [gateway] = await Promise.all([OAuthGateway.start(), client.connect()]);
    [logLines, replicas] = [[], []];
    replica = await open();
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    gateway.release();
    for (const one of replicas) await one.close();
    await gateway.shut();
    await client.end();
    await database.drop();
  });

  async function open(settings: NodeJS.ProcessEnv = {}, account?: string): Promise<OAuthReplica> {
    const gatewaySettings = { TSTORE_AUTH_BASE_URL: gateway.url, LOG_LEVEL: 'trace', ...settings };
    const log = { write: (line: string) => void logLines.push(line) };
    const opened = await openReplica(serviceEnvironment(database.url, gatewaySettings), log, account);
    replicas.push(opened);
    return opened;
  }

  const get = (from = replica): Promise<TokenOutcome> => outcomeOf(from.store.get());
  const token = (number: number, generation = number): TokenOutcome => ({
    value: `secret-token-${number}`,
    generation: String(generation),
  });
  const unavailable = (reason: string): unknown => ({
    code: 'token-unavailable',
    message: expect.stringContaining(reason),
  });

  async function row(name = NAME): Promise<Record<string, unknown>> {
    const { rows } = await client.query('SELECT * FROM oauth_token WHERE name = $1', [name]);
    return rows[0] as Record<string, unknown>;
  }

  describe('keeps a token', () => {
    it('until it would expire within the safety margin', async () => {
      expect(await get()).toEqual(token(1));
      replica.advanceSeconds(43_200 - 310);
      expect(await get()).toEqual(token(1));
      replica.advanceSeconds(10);
      expect(await get()).toEqual(token(2));
      expect(gateway.requests).toHaveLength(2);
    });

    it('for half its life when it lives no longer than the margin', async () => {
      gateway.expired = '60';
      expect(await get()).toEqual(token(1));
      replica.advanceSeconds(25);
      expect(await get()).toEqual(token(1));
      replica.advanceSeconds(6);
      expect(await get()).toEqual(token(2));
    });

    it('for a short time, and warns, when its expiry can’t be read', async () => {
      gateway.expired = 'soon';
      expect(await get()).toEqual(token(1));
      const warning = logLines.find((line) => line.includes('"level":"warn"'));
      expect(warning).toContain('"expiryText":"soon"');
      replica.advanceSeconds(290);
      expect(await get()).toEqual(token(1));
      replica.advanceSeconds(310);
      expect(await get()).toEqual(token(2));
    });

    it('with what came with it, encrypted, under the account it belongs to', async () => {
      const other = await open({ TSTORE_CLIENT_ID: 'other' }, 'other');
      expect([await get(), await get(other)]).toEqual([token(1), token(2, 1)]);
      const stored = {
        key_id: 'test',
        token_type: 'Bearer',
        scope: 'BulkPay',
        generation: '1',
        refresh_lease_id: null,
      };
      expect(await row()).toMatchObject(stored);
      expect(await row('other')).toMatchObject(stored);
    });
  });

  it('looks once for all callers of a process', async () => {
    await get();
    const find = jest.spyOn(OAuthTokenRepository.prototype, 'find');
    await Promise.all(Array.from({ length: 50 }, () => get()));
    expect(find).toHaveBeenCalledTimes(1);
  });

  describe('after a refusal', () => {
    const refused: GatewayAnswer<string> = {
      kind: 'refused',
      httpStatus: 401,
      resultMessage: 'expired',
      unauthorized: true,
    };
    const success: GatewayAnswer<string> = { kind: 'success', value: 'done' };

    /** A call that is given these answers in turn. */
    function answering(...answers: GatewayAnswer<string>[]): { used: string[]; call: () => Promise<typeof success> } {
      const used: string[] = [];
      const call = async (accessToken?: string): Promise<typeof success> =>
        answers[used.push(accessToken ?? '') - 1] as typeof success;
      return { used, call };
    }

    it('replaces the token and repeats a call that may be repeated, once', async () => {
      const { used, call } = answering(refused, success);
      expect(await replica.store.withToken(call, { repeatable: true })).toEqual(success);
      expect(used).toEqual(['secret-token-1', 'secret-token-2']);

      const twice = answering(refused, refused, success);
      expect(await replica.store.withToken(twice.call, { repeatable: true })).toEqual(refused);
      expect(twice.used).toEqual(['secret-token-2', 'secret-token-3']);
    });

    it('returns the refusal of a call that must not be repeated, and the next caller gets a new token', async () => {
      const { used, call } = answering(refused, success);
      expect(await replica.store.withToken(call, { repeatable: false })).toEqual(refused);
      expect(used).toEqual(['secret-token-1']);
      expect(gateway.requests).toHaveLength(1);
      expect(await get()).toEqual(token(2));
    });

    it.each<GatewayAnswer<string>>([
      { kind: 'refused', httpStatus: 200, resultCode: '9999', resultMessage: 'no', unauthorized: false },
      { kind: 'unknown', reason: 'answer-timeout', message: 'no answer', mayHaveArrived: true },
    ])('keeps the token when the answer is another: $kind', async (answer) => {
      const { used, call } = answering(answer, success);
      expect(await replica.store.withToken(call, { repeatable: true })).toEqual(answer);
      expect(used).toEqual(['secret-token-1']);
      expect(await get()).toEqual(token(1));
    });

    it('keeps a token that has taken the place of the refused one', async () => {
      await get();
      await replica.store.invalidate('1');
      await get();
      const stored = await row();
      await replica.store.invalidate('1');
      expect(await row()).toEqual(stored);
      expect(await get()).toEqual(token(2));
    });

    it.each([-3600, 3600])(
      'takes the token for no good although the refused caller’s clock is %d s off',
      async (off) => {
        const other = await open();
        other.advanceSeconds(off);
        await get();
        await other.store.invalidate('1');
        expect(await get()).toEqual(token(2));
      },
    );

    it('does not hand out the refused token from a look that began before', async () => {
      await get();
      // eslint-disable-next-line @typescript-eslint/unbound-method -- is given its own `this` below
      const find = OAuthTokenRepository.prototype.find;
      const goOn = await new Promise<() => void>((found) => {
        jest.spyOn(OAuthTokenRepository.prototype, 'find').mockImplementationOnce(async function (this: never, name) {
          const row = await find.call(this, name);
          await new Promise<void>((resume) => found(resume));
          return row;
        });
        void get();
      });
      await replica.store.invalidate('1');
      const after = get();
      goOn();
      expect(await after).toEqual(token(2));
    });

    it('works the same against the simulator', async () => {
      const simulator = await startSimulator();
      const merchant = await open({
        TSTORE_CLIENT_ID: DEFAULT_OPTIONS.clientId,
        TSTORE_CLIENT_SECRET: DEFAULT_OPTIONS.clientSecret,
        TSTORE_AUTH_BASE_URL: simulator.baseUrl,
        TSTORE_API_BASE_URL: simulator.baseUrl,
      });
      const look = (): Promise<GatewayAnswer<unknown>> =>
        merchant.store.withToken((accessToken) => merchant.client.transaction('TSTORE0004_1', accessToken), {
          repeatable: true,
        });
      const before = await look();
      expect(simulator.control.revokeTokens()).toBe(1);
      expect(await look()).toEqual(before);
      expect(before).not.toMatchObject({ unauthorized: true });
      expect(simulator.control.tokensIssued()).toBe(2);
      await simulator.close();
    });
  });

  describe('when the gateway gives none', () => {
    it('tells why, holds all replicas off for a moment, and recovers', async () => {
      const other = await open();
      gateway.refuseWith({ status: 401, body: { resultCode: '1000', resultMsg: 'unknown client' } });
      expect(await get()).toEqual(unavailable('refused with HTTP 401: unknown client'));
      gateway.refuseWith(undefined);
      expect(await Promise.all([get(), get(other), get(other)])).toEqual(Array(3).fill(unavailable('unknown client')));
      expect(gateway.requests).toHaveLength(1);
      expect(await row()).toMatchObject({ generation: '0', ciphertext: null, refresh_lease_id: null });

      other.advanceSeconds(HOLD_OFF_SECONDS);
      expect(await get(other)).toEqual(token(2, 1));
      expect(await get()).toEqual(token(2, 1));
      const recovered = { refresh_failed_at: null, refresh_failure: null, retry_not_before: null };
      expect(await row()).toMatchObject(recovered);
    });

    it('says so when nobody answers, and keeps the expired token’s row whole', async () => {
      await get();
      await replica.store.invalidate('1');
      const before = await row();
      await gateway.shut();
      expect(await get()).toEqual(unavailable('no answer: connection-failed'));
      expect(await row()).toMatchObject({
        generation: '1',
        ciphertext: before.ciphertext,
        expires_at: before.expires_at,
      });

      await gateway.open();
      expect(await get()).toEqual(unavailable('connection-failed'));
      replica.advanceSeconds(HOLD_OFF_SECONDS);
      expect(await get()).toEqual(token(2));
    });

    it('repeats no secret the gateway sent along', async () => {
      gateway.refuseWith({ status: 500, body: '{"accessToken":"half-issued"}' });
      expect(await get()).toEqual(unavailable('HTTP 500'));
      expect(JSON.stringify([await get(), await row(), logLines])).not.toContain('half-issued');
    });

    it('stops waiting for another replica that neither gets one nor gives up', async () => {
      const other = await open();
      gateway.hold();
      const held = get();
      await gateway.reached(1);
      const stopwatch = jest.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(3_600_000);
      expect(await get(other)).toEqual(unavailable('another replica is asking'));
      stopwatch.mockRestore();
      expect(gateway.requests).toHaveLength(1);
      gateway.release();
      expect(await held).toEqual(token(1));
    });
  });

  describe('when the stored token does not open', () => {
    const altered = { code: 'ciphertext-invalid', message: expect.stringContaining('altered or moved') };

    it('tells of an altered one, and asks for no other until it has expired', async () => {
      await get();
      await client.query(
        'UPDATE oauth_token SET ciphertext = set_byte(ciphertext, 30, 255 - get_byte(ciphertext, 30))',
      );
      expect(await get()).toEqual(altered);
      expect(gateway.requests).toHaveLength(1);
      replica.advanceSeconds(43_200);
      expect(await get()).toEqual(token(2));
    });

    it('tells of one moved over from another account', async () => {
      const other = await open({ TSTORE_CLIENT_ID: 'other' }, 'other');
      await Promise.all([get(), get(other)]);
      await client.query(
        `UPDATE oauth_token SET ciphertext = moved.ciphertext FROM oauth_token moved
         WHERE oauth_token.name = $1 AND moved.name <> $1`,
        [NAME],
      );
      expect(await get()).toEqual(altered);
      expect(await get(other)).toMatchObject({ generation: '1' });
    });

    it('names the key that is missing', async () => {
      await get();
      const other = await open({ ENCRYPTION_KEYS: `next:${Buffer.alloc(32, 2).toString('base64')}` });
      expect(await get(other)).toEqual({ code: 'encryption-key-unknown', message: expect.stringContaining('"test"') });
      expect(await get()).toEqual(token(1));
    });
  });
});
