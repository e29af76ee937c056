import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { DEMO_ADMIN_KEY, DEMO_ENCRYPTION_KEY } from './demo-secrets';
import { Environment } from './environment';
import { InvalidConfigurationError, readConfiguration } from './read-configuration';

const KEY = Buffer.alloc(32, 7).toString('base64');

const GOOD = {
  ENCRYPTION_KEYS: `k1:${KEY}`,
  ADMIN_BOOTSTRAP_KEY: 'a-key-of-at-least-24-characters',
  TSTORE_CLIENT_ID: 'client+/=',
  TSTORE_CLIENT_SECRET: 'secret',
  TSTORE_BID: 'skplanet',
  TSTORE_MID: 'skpcorp',
};

const LIVE = {
  ...GOOD,
  ENCRYPTION_KEYS: 'k1:i3k0M9dPp7xVQ1nCz8yJ5uWfTgRbHs2LwEoA6vKqDmY=',
  ENVIRONMENT: 'live',
  PUBLIC_BASE_URL: 'https://billing.example.com',
  DATABASE_URL: 'postgres://billing@db.example.com/billing?sslmode=verify-full',
  HOST: '10.0.0.5',
};

function faultyFields(source: NodeJS.ProcessEnv): (string | undefined)[] {
  try {
    readConfiguration(source);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidConfigurationError);
    return (error as InvalidConfigurationError).faults.map((fault) => fault.field).sort();
  }
}

describe('readConfiguration', () => {
  it('reads a minimal environment with the documented defaults', () => {
    const configuration = readConfiguration(GOOD);
    expect([...configuration.roles]).toEqual(['listener', 'scheduler', 'admin', 'checkout']);
    expect(configuration.http).toMatchObject({ port: 8080, tls: undefined, publicBaseUrl: 'http://127.0.0.1:8080' });
    expect(configuration.tstore.apiBaseUrl).toBe('http://127.0.0.1:9090');
    expect(configuration.encryption.keys[0].key).toEqual(Buffer.alloc(32, 7));
    expect(configuration.billing).toMatchObject({ cron: '0 4 * * *', jobMaxRows: 100_000, holdOnDiscrepancy: false });
  });

  it('names every faulty setting at once, and no value', () => {
    const wrong = {
      ...GOOD,
      PORT: '99999',
      ENCRYPTION_KEYS: 'k1:tooShortAndSecret',
      BILLING_CRON: 'every night',
      SCHEDULER_TICK_SECONDS: '1.5',
      DATABASE_URL: 'mysql://root:hunter2@db/billing',
    };
    expect(faultyFields(wrong)).toEqual([
      'BILLING_CRON',
      'DATABASE_URL',
      'ENCRYPTION_KEYS',
      'PORT',
      'SCHEDULER_TICK_SECONDS',
    ]);
    expect(() => readConfiguration(wrong)).not.toThrow(/hunter2|tooShort/);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(faultyFields({ ...GOOD, TLS_CERT_FILE: '', PORT: '' })).toEqual([]);
    expect(faultyFields({ ...GOOD, TSTORE_CLIENT_ID: '' })).toEqual(['TSTORE_CLIENT_ID']);
  });

  it('wants settings that belong together together', () => {
    expect(faultyFields({ ...GOOD, TLS_CERT_FILE: 'cert.pem' })).toEqual(['TLS_KEY_FILE']);
    expect(faultyFields({ ...GOOD, ADMIN_BOOTSTRAP_KEY: '' })).toEqual(['ADMIN_BOOTSTRAP_KEY']);
    expect(faultyFields({ ...GOOD, ADMIN_BOOTSTRAP_KEY: '', ROLE: 'listener,scheduler' })).toEqual([]);
    expect(faultyFields({ ...GOOD, ENCRYPTION_KEYS: `k1:${KEY},k1:${KEY}` })).toEqual(['ENCRYPTION_KEYS']);
    expect(faultyFields({ ...GOOD, ENVIRONMENT: 'sandbox' })).toEqual(['PUBLIC_BASE_URL', 'TSTORE_PNS_BASE_URL']);
  });

  const NO_TSTORE = { TSTORE_CLIENT_ID: '', TSTORE_CLIENT_SECRET: '', TSTORE_BID: '', TSTORE_MID: '' };

  it.each([GOOD, LIVE, { ...LIVE, ENVIRONMENT: 'sandbox' }])(
    'does without T store where nothing of it is set',
    (source) => {
      expect(readConfiguration({ ...source, ...NO_TSTORE }).tstore.account).toBeUndefined();
    },
  );

  it('wants all of T store’s account or nothing, and names what is missing', () => {
    expect(faultyFields({ ...GOOD, ...NO_TSTORE, TSTORE_MID: 'skpcorp' })).toEqual([
      'TSTORE_BID',
      'TSTORE_CLIENT_ID',
      'TSTORE_CLIENT_SECRET',
    ]);
    for (const name of Object.keys(NO_TSTORE)) expect(faultyFields({ ...GOOD, [name]: '' })).toEqual([name]);
    expect(() => readConfiguration({ ...GOOD, TSTORE_BID: '' })).toThrow('leave all empty for none');
    expect(faultyFields({ ...LIVE, ...NO_TSTORE, PUBLIC_BASE_URL: '' })).toEqual(['PUBLIC_BASE_URL']);
  });

  it.each([
    '203.0.113.0/24',
    '203.0.113.7, 198.51.100.0/32,2001:db8::/32',
    '0.0.0.0/0,::/0',
    '::1',
    '::ffff:203.0.113.0/120',
  ])('takes the source networks %p', (networks) => {
    expect(faultyFields({ ...GOOD, PNS_ALLOWED_CIDRS: networks })).toEqual([]);
  });

  it.each([
    '203.0.113.0/33',
    '203.0.113.0/-1',
    '203.0.113.0/',
    '203.0.113.0/24/24',
    '203.0.113.0/255.255.255.0',
    '203.0.113',
    '0203.0.113.0',
    '2001:db8::/129',
    'fe80::1%eth0',
    '::ffff:203.0.113.0/24',
    'pns.example.com',
    '203.0.113.7; 198.51.100.1',
  ])('refuses the networks %p by the name of their setting', (networks) => {
    for (const name of ['PNS_ALLOWED_CIDRS', 'TRUSTED_PROXY_CIDRS']) {
      expect(faultyFields({ ...GOOD, [name]: networks })).toEqual([name]);
      expect(faultyFields({ ...GOOD, [name]: `198.51.100.1,${networks}` })).toEqual([name]);
    }
  });

  it.each(['0.0.0.0/0', '::/0', '10.0.0.0/8,::/00'])('trusts no %p as its proxies', (networks) => {
    expect(faultyFields({ ...GOOD, TRUSTED_PROXY_CIDRS: networks })).toEqual(['TRUSTED_PROXY_CIDRS']);
  });

  it('knows what a refusal is beside the simulator, and nowhere else until it is told', () => {
    const codesOf = (settings: NodeJS.ProcessEnv) => readConfiguration({ ...GOOD, ...settings }).tstore.refusalCodes;
    expect(codesOf({})).toContain('8500');
    expect(codesOf(LIVE)).toEqual([]);
    expect(codesOf({ TSTORE_REFUSAL_CODES: 'none' })).toEqual([]);
    expect(codesOf({ ...LIVE, TSTORE_REFUSAL_CODES: '4711, 4712' })).toEqual(['4711', '4712']);
    expect(faultyFields({ ...GOOD, TSTORE_REFUSAL_CODES: '47 11' })).toEqual(['TSTORE_REFUSAL_CODES']);
  });

  it('knows by which refusal a lookup says that there is no such payment beside the simulator, and nowhere else until it is told', () => {
    const codesOf = (settings: NodeJS.ProcessEnv) => readConfiguration({ ...GOOD, ...settings }).tstore;
    expect(codesOf({}).notFoundCodes).toEqual(['8007']);
    expect(codesOf({ TSTORE_REFUSAL_CODES: '8500' }).notFoundCodes).toEqual([]);
    expect(codesOf({ TSTORE_NOT_FOUND_CODES: 'none' }).notFoundCodes).toEqual([]);
    expect(codesOf(LIVE).notFoundCodes).toEqual([]);
    // What means that there is nothing means that nothing was done.
    expect(codesOf({ ...LIVE, TSTORE_NOT_FOUND_CODES: '4711' })).toMatchObject({
      notFoundCodes: ['4711'],
      refusalCodes: ['4711'],
    });
    expect(faultyFields({ ...GOOD, TSTORE_NOT_FOUND_CODES: '47 11' })).toEqual(['TSTORE_NOT_FOUND_CODES']);
  });

  it.each([
    ['TSTORE_ENVIRONMENT', 'no such setting: write ENVIRONMENT instead, with the same value'],
    ['BILLING_CORN', 'no such setting: BILLING_CRON is one'],
    ['ENCRYPTION_KEY', 'no such setting: ENCRYPTION_KEYS is one'],
    ['DATABASE_URI', 'no such setting: DATABASE_URL is one'],
    ['TSTORE_CLIENT_SECRETT', 'no such setting: TSTORE_CLIENT_SECRET is one'],
    // Unread, a live deployment would be taken for a simulator's.
    ...['ENVIROMENT', 'ENVIRONEMENT', 'ENVIRONMENTS', 'environment'].map((name) => [
      name,
      'no such setting: ENVIRONMENT is one',
    ]),
    ['billing_cron', 'no such setting: BILLING_CRON is one'],
    ['BILLINGCRON', 'no such setting: BILLING_CRON is one'],
    ['TOSSSECRETKEY', 'no such setting: TOSS_SECRET_KEY is one'],
    ['EncryptionKeys', 'no such setting: ENCRYPTION_KEYS is one'],
    ...['REFUND_AS_YOU_LIKE', 'APPROVAL_OF_REFUNDS', 'UPLOAD_CONFIRM_WON', 'TOSS_KEY', 'REBILL_FRESH_MINUTES'].map(
      (name) => [name, 'no such setting: there is none of this name'],
    ),
    ...['CHECKOUT_PER_MINUTE', 'PUBLIC_URL', 'EVIDENCE_DAYS', 'NOTIFICATION_TTL'].map((name) => [
      name,
      'no such setting: there is none of this name',
    ]),
  ])('refuses %s, which is no setting', (name, expected) => {
    expect(() => readConfiguration({ ...GOOD, [name]: 'secret-value' })).toThrow(`${name}: ${expected}`);
    expect(() => readConfiguration({ ...GOOD, [name]: 'secret-value' })).not.toThrow('secret-value');
    expect(faultyFields({ ...GOOD, [name]: '' })).toEqual([]);
  });

  it('takes no live deployment for a simulator’s, whatever a command needs', () => {
    const source = { ...LIVE, DATABASE_URL: '', ENCRYPTION_KEYS: '' };
    expect(() => readConfiguration(source, ['DATABASE_URL'])).toThrow('DATABASE_URL: expected');
    const before = { TSTORE_ENVIRONMENT: 'live' };
    expect(() => readConfiguration(before, ['DATABASE_URL'])).toThrow('TSTORE_ENVIRONMENT: no such setting');
    const misspelt = { ENVIROMENT: 'live' };
    expect(() => readConfiguration(misspelt, ['DATABASE_URL'])).toThrow('ENVIROMENT: no such setting');
  });

  it('takes no notice of what belongs to others', () => {
    const others = [
      'SSL_CERT_FILE',
      'HOSTNAME',
      'LOGNAME',
      'PATH',
      'BILLING_SERVICE_HOST',
      'BILLING_PORT_8080_TCP',
      'POSTGRES_PASSWORD',
      ...['ROLES', 'PROT', 'port', 'host', 'CLOCKS', 'DATADIR', 'LOGLEVEL'],
    ];
    const environment = Object.fromEntries(
      [...others, 'MERCHANT_BILLING_URL', 'npm_config_cache'].map((name) => [name, 'x']),
    );
    expect(faultyFields({ ...GOOD, ...environment })).toEqual([]);
  });

  it('knows the hosts of live', () => {
    expect(readConfiguration(LIVE).tstore).toMatchObject({
      authBaseUrl: 'https://apiauth.payplanet.co.kr',
      apiBaseUrl: 'https://openapi.payplanet.co.kr',
      pnsBaseUrl: 'https://pns.payplanet.co.kr',
    });
  });

  it.each([
    ['PUBLIC_BASE_URL', ''],
    ['PUBLIC_BASE_URL', 'http://billing.example.com'],
    ['PUBLIC_BASE_URL', 'https://localhost'],
    ['PUBLIC_BASE_URL', 'https://10.1.2.3'],
    ['PUBLIC_BASE_URL', 'https://[::1]:8443'],
    ['TSTORE_API_BASE_URL', 'http://openapi.payplanet.co.kr'],
    ['TSTORE_PNS_BASE_URL', 'https://127.0.0.1:9090'],
    ['TSTORE_AUTH_BASE_URL', 'https://simulator.example.com'],
    ['ENCRYPTION_KEYS', `k1:${KEY},old:${DEMO_ENCRYPTION_KEY}`],
    ['ADMIN_BOOTSTRAP_KEY', DEMO_ADMIN_KEY],
    ['ENCRYPTION_KEYS', `k1:${Buffer.alloc(32).toString('base64')}`],
    ['ENCRYPTION_KEYS', `k1:${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`],
    ['ADMIN_BOOTSTRAP_KEY', 'a'.repeat(24)],
    ['ADMIN_BOOTSTRAP_KEY', 'change-me-'.repeat(3)],
    ['DATABASE_URL', ''],
    ...[
      ...['db.example.com/billing', 'db.example.com/billing?sslmode=', '10.1.2.3/billing', '[fd00::7]/billing'],
      ...['disable', 'allow', 'prefer', 'no-verify'].map((mode) => `db.example.com/billing?sslmode=${mode}`),
      'db.example.com/billing?sslmode=require&uselibpqcompat=true',
      'db.example.com/billing?sslmode=verify-full&sslmode=disable',
      ...['localhost/billing?host=db.example.com', '/billing?host=db.example.com', '127.0.0.1.example.com/billing'],
    ].map((address) => ['DATABASE_URL', `postgres://billing@${address}`]),
    ['TRUSTED_PROXY_CIDRS', '0.0.0.0/1,128.0.0.0/1'],
    ['PNS_ALLOWED_CIDRS', '::ffff:0.0.0.0/97'],
  ])('live refuses %s=%s', (name, value) => {
    expect(faultyFields({ ...LIVE, [name]: value })).toEqual([name]);
    expect(faultyFields(LIVE)).toEqual([]);
  });

  it.each([
    ...[
      'localhost/billing?sslmode=disable',
      '127.0.0.1:5433/billing',
      '[::1]/billing',
      '/billing',
      '%2Frun%2Fpostgresql/billing',
    ],
    ...['/billing?host=/run/postgresql', 'db.example.com/billing?host=/run/postgresql'],
    ...['require', 'verify-ca', 'verify-full'].map((mode) => `db.example.com/billing?sslmode=${mode}`),
    'db.example.com/billing?uselibpqcompat=true&sslmode=verify-full&sslrootcert=/etc/ssl/ours.pem',
  ])('live takes a database on this machine, or behind TLS: %s', (address) => {
    expect(faultyFields({ ...LIVE, DATABASE_URL: `postgres://billing@${address}` })).toEqual([]);
  });

  it('live speaks plain HTTP to nobody but a proxy it knows', () => {
    const anywhere = { ...LIVE, HOST: '' };
    expect(faultyFields(anywhere)).toEqual(['TLS_CERT_FILE']);
    expect(faultyFields({ ...LIVE, HOST: '203.0.113.7' })).toEqual(['TLS_CERT_FILE']);
    expect(faultyFields({ ...anywhere, TRUSTED_PROXY_CIDRS: '10.0.0.0/8' })).toEqual([]);
    expect(faultyFields({ ...anywhere, TLS_CERT_FILE: 'tls.crt', TLS_KEY_FILE: 'tls.key' })).toEqual([]);
  });
});

describe('the keys of Toss Payments', () => {
  const keys = (secret: string, client: string) => ({ TOSS_SECRET_KEY: secret, TOSS_CLIENT_KEY: client });
  const expectedOf = (source: NodeJS.ProcessEnv): string => {
    try {
      readConfiguration(source);
      return '';
    } catch (error) {
      return (error as InvalidConfigurationError).message;
    }
  };

  it('make an account together, at the gateway’s own host but beside the simulator', () => {
    const given = { ...GOOD, ...keys('test_sk_Abc1', 'test_ck_Def2') };
    expect(readConfiguration(given).toss).toEqual({
      account: { secretKey: 'test_sk_Abc1', clientKey: 'test_ck_Def2' },
      apiBaseUrl: 'http://127.0.0.1:9090',
      connectTimeoutMs: 5_000,
      answerTimeoutMs: 60_000,
      findsAgreed: true,
      webhookCidrs: [],
    });
    expect(readConfiguration(GOOD).toss.account).toBeUndefined();
    expect(readConfiguration(LIVE).toss.apiBaseUrl).toBe('https://api.tosspayments.com');
    expect(faultyFields({ ...GOOD, TOSS_SECRET_KEY: 'test_sk_Abc1' })).toEqual(['TOSS_CLIENT_KEY']);
    expect(faultyFields({ ...GOOD, TOSS_CLIENT_KEY: 'test_ck_Abc1' })).toEqual(['TOSS_SECRET_KEY']);
  });

  it.each([
    ['test_gsk_docs_OaPz8L5KdmQXkzRz3y47BMw6', 'test_gck_docs_Ovk5rk1EwkEbP0W43n07xlzm'],
    ['test_ak_ZORzdMaqN3wQd5k6ygr5AkYXQGwy', 'test_ck_D5GePWvyJnrK0W0k6q8gLzN97Eoq'],
    ['test_new_Abc', 'test_newer_Abc'],
  ])('of one set are taken, with words that nobody has seen among them: %s', (secret, client) => {
    expect(faultyFields({ ...GOOD, ...keys(secret, client) })).toEqual([]);
  });

  it.each([
    ['\uFEFFtest_sk_Abc1', 'test_ck_Def2', ['TOSS_SECRET_KEY']],
    ['sk_Abc1', 'test_ck_Def2', ['TOSS_SECRET_KEY']],
    ['test_sk_Abc1 ', 'test_ck_Def2', ['TOSS_SECRET_KEY']],
    ['test_ck_Abc1', 'test_sk_Def2', ['TOSS_SECRET_KEY']],
    ['test_sk_Abc1', 'test_sk_Def2', ['TOSS_CLIENT_KEY']],
    ['test_sk_Abc1', 'test_gck_Def2', ['TOSS_CLIENT_KEY']],
    ['test_gsk_Abc1', 'test_ck_Def2', ['TOSS_CLIENT_KEY']],
    ['test_sk_Abc1', 'live_ck_Def2', ['TOSS_CLIENT_KEY']],
    ['live_sk_Abc1', 'test_ck_Def2', ['TOSS_SECRET_KEY']],
  ])('that can’t be used are refused by name, and not shown: %j, %j', (secret, client, fields) => {
    const given = { ...GOOD, ...keys(secret, client) };
    expect(faultyFields(given)).toEqual(fields);
    expect(expectedOf(given)).not.toMatch(/Abc1|Def2/);
  });

  it('are real money’s in live, and nowhere else', () => {
    const live = keys('live_sk_Abc1', 'live_ck_Def2');
    const test = keys('test_sk_Abc1', 'test_ck_Def2');
    const both = ['TOSS_CLIENT_KEY', 'TOSS_SECRET_KEY'];
    expect(faultyFields({ ...LIVE, ...live })).toEqual([]);
    expect(faultyFields({ ...LIVE, ...test })).toEqual(both);
    expect(faultyFields({ ...GOOD, ...live })).toEqual(both);
    const sandbox = { ...LIVE, ENVIRONMENT: 'sandbox', TSTORE_PNS_BASE_URL: 'https://pns.example.com' };
    expect(faultyFields({ ...sandbox, ...test })).toEqual([]);
    expect(faultyFields({ ...sandbox, ...live })).toEqual(both);
  });

  it.each(['http://api.tosspayments.com', 'https://toss.example.com', 'https://api.tosspayments.com.example.com'])(
    'are sent in live to nobody but Toss Payments: not to %s',
    (address) => {
      expect(faultyFields({ ...LIVE, TOSS_API_BASE_URL: address })).toEqual(['TOSS_API_BASE_URL']);
      expect(faultyFields({ ...LIVE, TOSS_API_BASE_URL: 'https://api.tosspayments.com/' })).toEqual([]);
      expect(faultyFields({ ...GOOD, TOSS_API_BASE_URL: address })).toEqual([]);
    },
  );
});

describe('.env.example', () => {
  const lines = readFileSync(join(__dirname, '../../.env.example'), 'utf8').split('\n');
  const settings = Object.fromEntries(
    lines
      .filter((line) => /^[A-Z]/.test(line))
      .map((line) => line.split(/=(.*)/s, 2) as [string, string])
      .map(([name, value]) => [name, value.replace(/^"(.*)"$/, '$1')]),
  );

  it('lists every setting once, in the order of the code, and no other', () => {
    expect(Object.keys(settings)).toEqual(settingNames());
  });

  it('shows the defaults of the code', () => {
    const defaults = new Environment() as unknown as Record<string, string | number | boolean | undefined>;
    const simulators = ['TSTORE_CLIENT_ID', 'TSTORE_CLIENT_SECRET', 'TSTORE_BID', 'TSTORE_MID'];
    const shown = Object.entries(settings).filter(([name]) => !simulators.includes(name));
    expect(shown).toEqual(shown.map(([name]) => [name, String(defaults[name] ?? '')]));
  });

  it('means to a shell and to Node what it means here', () => {
    const file = join(__dirname, '../../.env.example');
    const script = `set -aeu; . '${file}'; exec '${process.execPath}' -p 'JSON.stringify(process.env)'`;
    const sourced = JSON.parse(execFileSync('/bin/sh', ['-c', script], { env: {}, encoding: 'utf8' }));
    expect(sourced).toMatchObject(settings);
    expect(parseEnv(readFileSync(file, 'utf8'))).toEqual(settings);
  });

  it('says why each group of settings exists', () => {
    const unexplained = lines.filter((line, at) => /^[A-Z]/.test(line) && (lines[at - 1] ?? '') === '');
    expect(unexplained).toEqual([]);
  });

  it('is enough to start once the two secrets are filled in', () => {
    const secrets = { ENCRYPTION_KEYS: GOOD.ENCRYPTION_KEYS, ADMIN_BOOTSTRAP_KEY: GOOD.ADMIN_BOOTSTRAP_KEY };
    expect(faultyFields(settings)).toEqual(['ADMIN_BOOTSTRAP_KEY', 'ENCRYPTION_KEYS']);
    expect(faultyFields({ ...settings, ...secrets })).toEqual([]);
  });
});

/** Optional settings have no value to be listed by, so the source itself is read. */
function settingNames(): string[] {
  const source = readFileSync(join(__dirname, 'environment.ts'), 'utf8');
  return [...source.matchAll(/^ {2}.*?\b([A-Z][A-Z0-9_]*[A-Z0-9])\??: \S/gm)].map((match) => match[1] as string);
}

describe('the contracts of KakaoPay', () => {
  const KEY = 'DEVABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789A';
  const given = { KAKAOPAY_SECRET_KEY: KEY, KAKAOPAY_CID: 'TC0ONETIME' };

  it('make an account with their key, at the gateway’s own hosts but beside the simulator', () => {
    expect(readConfiguration({ ...GOOD, ...given }).kakaopay).toEqual({
      account: { secretKey: KEY, cid: 'TC0ONETIME', generation: 'current' },
      apiBaseUrls: { current: 'http://127.0.0.1:9090', legacy: 'http://127.0.0.1:9090' },
      connectTimeoutMs: 5_000,
      answerTimeoutMs: 30_000,
      openSeconds: 3_600,
    });
    expect(readConfiguration(GOOD).kakaopay.account).toBeUndefined();
    expect(readConfiguration(LIVE).kakaopay.apiBaseUrls).toEqual({
      current: 'https://open-api.kakaopay.com',
      legacy: 'https://kapi.kakao.com',
    });
    expect(faultyFields({ ...GOOD, KAKAOPAY_SECRET_KEY: KEY })).toEqual(['KAKAOPAY_CID']);
    expect(faultyFields({ ...GOOD, KAKAOPAY_CID: 'TC0ONETIME' })).toEqual(['KAKAOPAY_SECRET_KEY']);
    expect(faultyFields({ ...GOOD, KAKAOPAY_CID_SUBSCRIPTION: 'TCSUBSCRIP' })).toEqual(['KAKAOPAY_CID_SUBSCRIPTION']);
    const secret = { KAKAOPAY_CID_SUBSCRIPTION_SECRET: 'a'.repeat(24) };
    expect(faultyFields({ ...GOOD, ...given, ...secret })).toEqual(['KAKAOPAY_CID_SUBSCRIPTION_SECRET']);
  });

  it('are none of the test mode in live', () => {
    const own = { KAKAOPAY_SECRET_KEY: KEY, KAKAOPAY_CID: 'C123456789', KAKAOPAY_CID_SUBSCRIPTION: 'CT12345678' };
    expect(faultyFields({ ...LIVE, ...own })).toEqual([]);
    expect(faultyFields({ ...LIVE, ...own, KAKAOPAY_CID: 'TC0ONETIME' })).toEqual(['KAKAOPAY_CID']);
    const recurring = { KAKAOPAY_CID_SUBSCRIPTION: 'TCSUBSCRIP' };
    expect(faultyFields({ ...LIVE, ...own, ...recurring })).toEqual(['KAKAOPAY_CID_SUBSCRIPTION']);
  });

  it.each([
    ['KAKAOPAY_CID', 'short'],
    ['KAKAOPAY_SECRET_KEY', 'a key with blanks in it'],
    ['KAKAOPAY_CID_SECRET', 'A'.repeat(24)],
    ['KAKAOPAY_GENERATION', 'newest'],
    ['KAKAOPAY_OPEN_MINUTES', '0'],
  ])('are refused by name where they can’t be any: %s', (field, value) => {
    expect(faultyFields({ ...GOOD, ...given, [field]: value })).toEqual([field]);
  });

  it('are sent in live to nobody but KakaoPay', () => {
    const elsewhere = { KAKAOPAY_API_BASE_URL: 'https://kakaopay.example.com' };
    expect(faultyFields({ ...LIVE, ...elsewhere })).toEqual(['KAKAOPAY_API_BASE_URL']);
    const swapped = { KAKAOPAY_LEGACY_API_BASE_URL: 'https://open-api.kakaopay.com' };
    expect(faultyFields({ ...LIVE, ...swapped })).toEqual(['KAKAOPAY_LEGACY_API_BASE_URL']);
    const theirs = { KAKAOPAY_API_BASE_URL: 'https://open-api.kakaopay.com/' };
    expect(faultyFields({ ...LIVE, ...theirs })).toEqual([]);
  });
});

describe('the store at PortOne', () => {
  const given = {
    PORTONE_API_SECRET: 'S'.repeat(60),
    PORTONE_STORE_ID: 'store-4b0c7d2e-1f3a',
    PORTONE_CHANNEL_KEYS: 'channel-key-0e,channel-key-1f',
  };

  it('is made by three settings together, or there is none', () => {
    expect(readConfiguration({ ...GOOD, ...given }).portone).toMatchObject({
      account: { storeId: 'store-4b0c7d2e-1f3a', channelKeys: 'channel-key-0e,channel-key-1f', manualConfirm: false },
      openSeconds: 3_600,
    });
    expect(readConfiguration(GOOD).portone.account).toBeUndefined();
    expect(readConfiguration(LIVE).portone.apiBaseUrl).toBe('https://api.portone.io');
    expect(faultyFields({ ...GOOD, PORTONE_STORE_ID: 'store-4b' }).sort()).toEqual([
      'PORTONE_API_SECRET',
      'PORTONE_CHANNEL_KEYS',
    ]);
    expect(faultyFields({ ...GOOD, PORTONE_WEBHOOK_SECRETS: 'whsec_YWJj' })).toEqual(['PORTONE_WEBHOOK_SECRETS']);
    expect(faultyFields({ ...GOOD, PORTONE_BILLING_CHANNEL_KEY: 'channel-key-2' })).toEqual([
      'PORTONE_BILLING_CHANNEL_KEY',
    ]);
  });

  it.each([
    ['PORTONE_API_SECRET', 'with, commas in a secret'],
    ['PORTONE_STORE_ID', 'imp12345678'],
    ['PORTONE_CHANNEL_KEYS', 'channel-key-0e, channel-key-1f'],
    ['PORTONE_CHANNEL_KEYS', 'channel-key-0e,'],
    ['PORTONE_WEBHOOK_SECRETS', 'whsec_not base64'],
    ['PORTONE_MANUAL_CONFIRM', 'perhaps'],
    ['PORTONE_OPEN_MINUTES', '0'],
  ])('has %s as it is said: not %s', (field, value) => {
    expect(faultyFields({ ...GOOD, ...given, [field]: value })).toEqual([field]);
  });

  it('has several webhook secrets, with the prefix and without', () => {
    const PORTONE_WEBHOOK_SECRETS = 'whsec_c2ltdWxhdG9yLXN0b3JlLWxpdmU=,pzQGE83cSIRKM4/WH5QY+g==';
    const { account } = readConfiguration({ ...GOOD, ...given, PORTONE_WEBHOOK_SECRETS }).portone;
    expect(account?.webhookSecrets).toBe(PORTONE_WEBHOOK_SECRETS);
  });

  it('is sent in live to nobody but PortOne', () => {
    const elsewhere = { PORTONE_API_BASE_URL: 'https://portone.example.com' };
    expect(faultyFields({ ...LIVE, ...elsewhere })).toEqual(['PORTONE_API_BASE_URL']);
    expect(faultyFields({ ...LIVE, PORTONE_API_BASE_URL: 'https://api.portone.io/' })).toEqual([]);
  });
});
