import { DomainError } from '../../kernel/errors';
import { isSecretName, maskFields, maskText } from './mask';

const TOKEN = 'SGVsbG8sIFdvcmxkISBUaGlzIGlzIGEgdG9rZW4';
const HEX = '0123456789ABCDEF0123456789ABCDEF';

describe('masking by name', () => {
  it.each([
    'accessToken',
    'access_token',
    'billingToken',
    'clientSecret',
    'TSTORE_CLIENT_SECRET',
    'authorization',
    'Authorization',
    'proxy-authorization',
    'x-api-key',
    'apiKey',
    'ENCRYPTION_KEYS',
    'ADMIN_BOOTSTRAP_KEY',
    'bootstrapKey',
    'password',
    'set-cookie',
    'key',
  ])('knows that %s is secret', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each(['callbackTokenHash', 'keyId', 'tokenType', 'tokenCount', 'tokenExpiresAt', 'key_id', 'jobId', 'monkey'])(
    'leaves %s readable',
    (name) => {
      expect(isSecretName(name)).toBe(false);
    },
  );

  it('finds secrets at any depth, in arrays and maps too, and leaves the rest as it is', () => {
    const masked = maskFields({
      jobId: '7',
      request: { headers: [{ Authorization: 'Bearer x' }, { accept: '*/*' }] },
      a: { b: { c: { d: { e: { accessToken: TOKEN, n: 1 } } } } },
    });
    expect(masked).toEqual({
      jobId: '7',
      request: { headers: [{ Authorization: '***' }, { accept: '*/*' }] },
      a: { b: { c: { d: { e: { accessToken: '***', n: 1 } } } } },
    });
  });

  it('masks whole objects and numbers under a secret name, but keeps that there was none', () => {
    expect(maskFields({ token: { value: TOKEN }, secret: 42, password: null })).toEqual({
      token: '***',
      secret: '***',
      password: null,
    });
  });

  it('does not change what it was given', () => {
    const fields = { request: { accessToken: TOKEN } };
    maskFields(fields);
    expect(fields.request.accessToken).toBe(TOKEN);
  });

  it('says of errors what helps, and not what clients hang on them', () => {
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', config: { headers: { a: TOKEN } } });
    const error = new DomainError('gateway-unknown', 'no answer', { jobId: '7', accessToken: TOKEN }, { cause });
    const { error: written } = maskFields({ error }) as { error: Record<string, unknown> };
    expect(written).toMatchObject({
      type: 'DomainError',
      code: 'gateway-unknown',
      message: 'no answer',
      details: { jobId: '7', accessToken: '***' },
      cause: { code: 'ECONNREFUSED', message: 'refused' },
    });
    expect(written.stack).toContain('mask.spec');
    expect(JSON.stringify(written)).not.toContain(TOKEN);
  });

  it('cuts what is deep, wide, long, circular or binary', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const wide = Array.from({ length: 100_000 }, () => ({ a: 1 }));
    expect(JSON.stringify(maskFields({ circular })).length).toBeLessThan(200);
    expect(JSON.stringify(maskFields({ wide })).length).toBeLessThan(10_000);
    expect(JSON.stringify(maskFields({ long: 'x'.repeat(100_000) })).length).toBeLessThan(10_000);
    expect(maskFields({ bytes: Buffer.alloc(5), big: 10n })).toEqual({ bytes: '[5 bytes]', big: '10' });
  });
});

describe('masking in text', () => {
  it.each([
    ['POST /noti_listener/Zk3d9sjK_x-1?a=1', 'POST /noti_listener/***?a=1'],
    ['{"path":"/noti_listener/Zk3d9sjK"}', '{"path":"/noti_listener/***"}'],
    [`Authorization: Bearer ${TOKEN}`, 'Authorization: *** ***'],
    ['sent BASIC Y2xpZW50OnNlY3JldA==', 'sent BASIC ***'],
    [`token ${HEX} refused`, 'token *** refused'],
    [`x${HEX.toLowerCase()}${HEX}`, 'x***'],
    ['connect postgres://billing:s3cr3t@db:5432/x', 'connect postgres://billing:***@db:5432/x'],
    ['grant_type=x&client_secret=abc+/=&y=1', 'grant_type=x&client_secret=***&y=1'],
    ['{"accessToken":"abc","n":1}', '{"accessToken":"***","n":1}'],
    ['{"body":"{\\"accessToken\\":\\"abc\\"}"}', '{"body":"{\\"accessToken\\":\\"***\\"}"}'],
    ['k1:ZGVtby1vbmx5LWtleS1uZXZlci11c2UtaW4tbGl2ZSE= is wrong', 'k1:*** is wrong'],
  ])('%s', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  it.each([
    'TSTORE0004_20150731175443000000000000001 was paid',
    'job 123e4567-e89b-42d3-a456-426614174000',
    '{"token":null,"secret":true,"password":12}',
    'POST /noti_listener',
    'no token was found, basic rules apply',
    HEX.slice(1),
  ])('leaves as it is: %s', (text) => {
    expect(maskText(text)).toBe(text);
  });

  it('finds a run of hexadecimal digits wherever it begins', () => {
    for (let offset = 0; offset < 70; offset += 1) {
      expect(maskText(`${'z'.repeat(offset)}${HEX}z`)).toBe(`${'z'.repeat(offset)}***z`);
    }
  });

  it('leaves a log line JSON that can be parsed', () => {
    const line = JSON.stringify({ msg: `Bearer ${TOKEN}`, token: 12, nested: { secret: 'a"b\\c', ok: true } });
    expect(() => JSON.parse(maskText(line)) as unknown).not.toThrow();
  });
});
