import { join, resolve } from 'node:path';
import type { InputFault } from '../kernel/errors';
import type {
  Configuration,
  EncryptionConfig,
  EncryptionKeyConfig,
  KakaopayAccount,
  PortoneAccount,
  TossAccount,
  TstoreAccount,
} from './configuration';
import {
  Environment,
  ROLES,
  commaSeparated,
  readEnvironment,
  retryDaysOf,
  type Deployment,
  type Role,
} from './environment';
import { KAKAOPAY_ACCOUNT_SETTINGS, kakaopayCidFault } from './kakaopay-account';
import { liveFaults } from './live-rules';
import { PORTONE_ACCOUNT_SETTINGS } from './portone-account';
import { TOSS_ACCOUNT_SETTINGS, tossKeyFaults } from './toss-keys';
import { TSTORE_ACCOUNT_SETTINGS } from './tstore-account';
import { meansEnvironment } from './unknown-settings';

/** Where T store is, by deployment. PNS publishes no sandbox host, so sandbox must name one. */
const TSTORE_HOSTS: Record<Deployment, { auth?: string; api?: string; pns?: string }> = {
  simulator: { auth: 'http://127.0.0.1:9090', api: 'http://127.0.0.1:9090', pns: 'http://127.0.0.1:9090' },
  sandbox: { auth: 'https://sandbox.apiauth.payplanet.co.kr', api: 'https://sandbox.openapi.payplanet.co.kr' },
  live: {
    auth: 'https://apiauth.payplanet.co.kr',
    api: 'https://openapi.payplanet.co.kr',
    pns: 'https://pns.payplanet.co.kr',
  },
};

/** Where Toss Payments is, by deployment: one host for test and live, and the key decides. */
const TOSS_HOSTS: Record<Deployment, string> = {
  simulator: 'http://127.0.0.1:9090',
  sandbox: 'https://api.tosspayments.com',
  live: 'https://api.tosspayments.com',
};

/** Where KakaoPay is, by deployment and generation: one host for test and live, and key and contract decide. */
const KAKAOPAY_HOSTS: Record<Deployment, { current: string; legacy: string }> = {
  simulator: { current: 'http://127.0.0.1:9090', legacy: 'http://127.0.0.1:9090' },
  sandbox: { current: 'https://open-api.kakaopay.com', legacy: 'https://kapi.kakao.com' },
  live: { current: 'https://open-api.kakaopay.com', legacy: 'https://kapi.kakao.com' },
};

/** Where PortOne is, by deployment: one host for test and live, and the channel decides. */
const PORTONE_HOSTS: Record<Deployment, string> = {
  simulator: 'http://127.0.0.1:9090',
  sandbox: 'https://api.portone.io',
  live: 'https://api.portone.io',
};

/** T store publishes no result code but success; what its simulator answers when it has done nothing is known. */
const REFUSAL_CODES_OF_SIMULATOR = [
  '8002',
  '8003',
  '8004',
  '8005',
  '8006',
  '8007',
  '8008',
  '8009',
  '8010',
  '8011',
  '8500',
  '8503',
];

/** What these say is a refusal with a meaning of its own. */
const MEANT_BY_SIMULATOR = { TSTORE_NOTHING_LEFT_CODES: ['8009'], TSTORE_NOT_FOUND_CODES: ['8007'] } as const;

/** The settings can't be used; lists every fault at once, by name, never by value. */
export class InvalidConfigurationError extends Error {
  override readonly name = 'InvalidConfigurationError';

  constructor(readonly faults: readonly InputFault[]) {
    const lines = faults.map(({ field, expected }) =>
      expected.startsWith('no such setting') ? `  ${field}: ${expected}` : `  ${field}: expected ${expected}`,
    );
    super(`${faults.length} setting(s) can't be used (.env.example explains each):\n${lines.join('\n')}`);
  }
}

/**
 * Reads the environment: the only place in the service that does.
 *
 * @param needed the settings a command needs, where it needs few; faults in others don't matter to it
 * @throws {InvalidConfigurationError} naming every faulty setting at once
 */
export function readConfiguration(source: NodeJS.ProcessEnv, needed?: readonly (keyof Environment)[]): Configuration {
  const { environment, faults } = readEnvironment(source);
  const faulty = new Set(faults.map((fault) => fault.field));
  const related = relationFaults(environment).filter((fault) => !faulty.has(fault.field));
  const matters = (field = ''): boolean =>
    needed === undefined || needed.includes(field as keyof Environment) || meansEnvironment(field);
  const all = [...faults, ...related].filter((fault) => matters(fault.field));
  if (all.length > 0) throw new InvalidConfigurationError(all);
  return configurationOf(environment);
}

/** Faults that only several settings together show. */
function relationFaults(environment: Environment): InputFault[] {
  const faults: InputFault[] = [];
  const require = (field: keyof Environment, expected: string) => {
    if (environment[field] === undefined) faults.push({ field, expected });
  };
  if (environment.TLS_CERT_FILE !== undefined) require('TLS_KEY_FILE', 'a key file beside TLS_CERT_FILE');
  if (environment.TLS_KEY_FILE !== undefined) require('TLS_CERT_FILE', 'a certificate file beside TLS_KEY_FILE');
  if (rolesOf(environment).has('admin')) require('ADMIN_BOOTSTRAP_KEY', 'at least 24 characters, for the admin role');
  const wholeAccount = (gateway: string, settings: readonly (keyof Environment)[]): boolean => {
    const given = settings.filter((field) => environment[field] !== undefined);
    const expected = `a value, for ${given.join(', ')} alone ${given.length === 1 ? 'makes' : 'make'} no ${gateway}; leave all empty for none`;
    if (given.length > 0) for (const field of settings) require(field, expected);
    return given.length > 0;
  };
  const isTstoreHere = wholeAccount('T store', TSTORE_ACCOUNT_SETTINGS);
  if (wholeAccount('Toss Payments', TOSS_ACCOUNT_SETTINGS)) faults.push(...tossFaults(environment));
  faults.push(...kakaopayFaults(environment, wholeAccount('KakaoPay', KAKAOPAY_ACCOUNT_SETTINGS)));
  faults.push(...portoneFaults(environment, wholeAccount('PortOne', PORTONE_ACCOUNT_SETTINGS)));
  if (environment.ENVIRONMENT === 'sandbox' && isTstoreHere) {
    require('TSTORE_PNS_BASE_URL', 'the PNS address of the sandbox (none is published)');
  }
  if (environment.ENVIRONMENT === 'sandbox' || environment.ENVIRONMENT === 'live') {
    require('PUBLIC_BASE_URL', 'the HTTPS address gateways reach this service at');
  }
  // Moved time bills days that have not come, which only a simulator may be asked to.
  if (environment.CLOCK === 'simulator' && environment.ENVIRONMENT !== 'simulator') {
    faults.push({ field: 'CLOCK', expected: 'system: time can be moved only with ENVIRONMENT=simulator' });
  }
  const keyIds = commaSeparated(environment.ENCRYPTION_KEYS).map((key) => key.split(':', 1)[0]);
  if (new Set(keyIds).size < keyIds.length) faults.push({ field: 'ENCRYPTION_KEYS', expected: 'each key id once' });
  if (environment.ENVIRONMENT === 'live') faults.push(...liveFaults(environment));
  return faults;
}

function configurationOf(environment: Environment): Configuration {
  const dataDirectory = resolve(environment.DATA_DIR);
  const hosts = TSTORE_HOSTS[environment.ENVIRONMENT];
  const nothingLeftCodes = meaningOf('TSTORE_NOTHING_LEFT_CODES', environment);
  const notFoundCodes = meaningOf('TSTORE_NOT_FOUND_CODES', environment);
  return {
    roles: rolesOf(environment),
    deployment: { environment: environment.ENVIRONMENT },
    http: {
      host: environment.HOST,
      port: environment.PORT,
      managementPort: environment.MANAGEMENT_PORT,
      tls:
        environment.TLS_CERT_FILE !== undefined && environment.TLS_KEY_FILE !== undefined
          ? { certFile: environment.TLS_CERT_FILE, keyFile: environment.TLS_KEY_FILE }
          : undefined,
      publicBaseUrl: base(environment.PUBLIC_BASE_URL ?? `http://127.0.0.1:${environment.PORT}`),
      trustedProxyCidrs: commaSeparated(environment.TRUSTED_PROXY_CIDRS),
      shutdownNoticeMs: environment.SHUTDOWN_NOTICE_SECONDS * 1000,
    },
    database: {
      url: environment.DATABASE_URL,
      poolSize: environment.DATABASE_POOL_SIZE,
      keptPools: {
        reading: environment.DATABASE_READ_POOL_SIZE,
        // An upload stores its charges and their billing tokens at once: two of these.
        changing: environment.DATABASE_CHANGE_POOL_SIZE,
        deciding: environment.DATABASE_CHANGE_POOL_SIZE,
        stopping: 1,
      },
    },
    storage: { directory: dataDirectory },
    encryption: encryptionOf(environment),
    checkout: {
      requestsPerMinute: environment.CHECKOUT_REQUESTS_PER_MINUTE,
      streams: environment.CHECKOUT_STREAMS,
      streamsPerAddress: environment.CHECKOUT_STREAMS_PER_ADDRESS,
      streamsPerOrder: environment.CHECKOUT_STREAMS_PER_ORDER,
      heartbeatSeconds: environment.CHECKOUT_HEARTBEAT_SECONDS,
    },
    admin: {
      bootstrapKey: environment.ADMIN_BOOTSTRAP_KEY,
      uploadMaxBytes: environment.UPLOAD_MAX_MEGABYTES * 1024 * 1024,
      requestsPerMinute: environment.ADMIN_REQUESTS_PER_MINUTE,
      failedKeysPerMinute: environment.ADMIN_FAILED_KEYS_PER_MINUTE,
      exportsPerKey: environment.ADMIN_EXPORTS_PER_KEY,
    },
    tstore: {
      account: tstoreAccountIn(environment),
      authBaseUrl: base(environment.TSTORE_AUTH_BASE_URL ?? hosts.auth ?? ''),
      apiBaseUrl: base(environment.TSTORE_API_BASE_URL ?? hosts.api ?? ''),
      pnsBaseUrl: base(environment.TSTORE_PNS_BASE_URL ?? hosts.pns ?? ''),
      notificationUrlPerJob: environment.TSTORE_NOTIFICATION_URL_PER_JOB,
      connectTimeoutMs: environment.TSTORE_CONNECT_TIMEOUT_SECONDS * 1000,
      answerTimeoutMs: environment.TSTORE_ANSWER_TIMEOUT_SECONDS * 1000,
      idleTimeoutMs: environment.TSTORE_IDLE_TIMEOUT_SECONDS * 1000,
      leastBytesPerSecond: environment.TSTORE_LEAST_KILOBYTES_PER_SECOND * 1024,
      refusalCodes: [...new Set([...refusalCodesOf(environment), ...nothingLeftCodes, ...notFoundCodes])],
      refundedStatuses: commaSeparated(environment.TSTORE_REFUNDED_STATUSES),
      paidStatuses: commaSeparated(environment.TSTORE_PAID_STATUSES),
      nothingLeftCodes,
      notFoundCodes,
      authKeyIsBillingToken: environment.TSTORE_AUTH_KEY_IS_BILLING_TOKEN,
      tokenMarginSeconds: environment.TSTORE_TOKEN_MARGIN_SECONDS,
    },
    toss: {
      account: tossAccountIn(environment),
      apiBaseUrl: base(environment.TOSS_API_BASE_URL ?? TOSS_HOSTS[environment.ENVIRONMENT]),
      connectTimeoutMs: environment.TOSS_CONNECT_TIMEOUT_SECONDS * 1000,
      answerTimeoutMs: environment.TOSS_ANSWER_TIMEOUT_SECONDS * 1000,
      findsAgreed: environment.TOSS_FINDS_AGREED,
      webhookCidrs: commaSeparated(environment.TOSS_WEBHOOK_CIDRS),
    },
    kakaopay: {
      account: kakaopayAccountIn(environment),
      apiBaseUrls: kakaopayHostsOf(environment),
      connectTimeoutMs: environment.KAKAOPAY_CONNECT_TIMEOUT_SECONDS * 1000,
      answerTimeoutMs: environment.KAKAOPAY_ANSWER_TIMEOUT_SECONDS * 1000,
      openSeconds: environment.KAKAOPAY_OPEN_MINUTES * 60,
    },
    portone: {
      account: portoneAccountIn(environment),
      apiBaseUrl: base(environment.PORTONE_API_BASE_URL ?? PORTONE_HOSTS[environment.ENVIRONMENT]),
      connectTimeoutMs: environment.PORTONE_CONNECT_TIMEOUT_SECONDS * 1000,
      answerTimeoutMs: environment.PORTONE_ANSWER_TIMEOUT_SECONDS * 1000,
      openSeconds: environment.PORTONE_OPEN_MINUTES * 60,
      webhookCidrs: commaSeparated(environment.PORTONE_WEBHOOK_CIDRS),
    },
    lookup: {
      perMinute: environment.TSTORE_LOOKUPS_PER_MINUTE,
      freshSeconds: environment.TSTORE_LOOKUP_FRESH_SECONDS,
      rebillFreshMinutes: environment.REBILL_LOOKUP_FRESH_MINUTES,
      watchDays: environment.UNPAID_LOOKUP_DAYS,
    },
    deposit: {
      settleDelaySeconds: environment.VIRTUAL_ACCOUNT_SETTLE_DELAY_MINUTES * 60,
      lookEverySeconds: environment.VIRTUAL_ACCOUNT_LOOKUP_MINUTES * 60,
      graceSeconds: environment.VIRTUAL_ACCOUNT_GRACE_HOURS * 3_600,
    },
    refund: {
      perMinute: environment.REFUND_RATE_PER_MINUTE,
      releaseAboveWon: environment.REFUND_RELEASE_ABOVE_WON,
      releaseAboveCount: environment.REFUND_RELEASE_ABOVE_COUNT,
      doubtMinutes: environment.REFUND_DOUBT_MINUTES,
    },
    approval: {
      roles: commaSeparated(environment.APPROVAL_ROLES),
      expiresAfterHours: environment.APPROVAL_EXPIRES_HOURS,
      byBootstrapKey: environment.APPROVAL_BY_BOOTSTRAP_KEY,
      ofDoubt: environment.APPROVAL_OF_DOUBT,
      ofDecisions: environment.APPROVAL_OF_DECISIONS,
      ofStops: environment.APPROVAL_OF_STOPS,
    },
    notification: {
      allowedCidrs: commaSeparated(environment.PNS_ALLOWED_CIDRS),
      questionsPerMinute: environment.PNS_QUESTIONS_PER_MINUTE,
      sourceKilobytesPerDay: environment.NOTIFICATION_SOURCE_KILOBYTES_PER_DAY,
      retentionDays: environment.NOTIFICATION_RETENTION_DAYS,
    },
    tieOut: {
      cron: environment.TIE_OUT_CRON === 'none' ? undefined : environment.TIE_OUT_CRON,
      againAfterDays: environment.TIE_OUT_AGAIN_DAYS,
    },
    evidence: { retentionDays: environment.EVIDENCE_RETENTION_DAYS },
    billing: {
      cron: environment.BILLING_CRON === 'none' ? undefined : environment.BILLING_CRON,
      tickSeconds: environment.SCHEDULER_TICK_SECONDS,
      leaseSeconds: environment.SCHEDULER_LEASE_SECONDS,
      gatewayWidth: environment.SCHEDULER_GATEWAY_WIDTH,
      paymentsPerMinute: environment.PAYMENT_RATE_PER_MINUTE,
      alarmAfterFailures: environment.ALARM_AFTER_FAILURES,
      inDoubtAlarmMinutes: environment.IN_DOUBT_ALARM_MINUTES,
      jobMaxRows: environment.BULK_JOB_MAX_ROWS,
      confirm: {
        factor: environment.BILLING_RUN_CONFIRM_FACTOR,
        minCharges: environment.BILLING_RUN_CONFIRM_MIN_CHARGES,
        minAmount: environment.BILLING_RUN_CONFIRM_MIN_WON,
      },
      confirmUpload: {
        factor: environment.UPLOAD_CONFIRM_FACTOR,
        minCharges: environment.UPLOAD_CONFIRM_MIN_CHARGES,
        minAmount: environment.UPLOAD_CONFIRM_MIN_WON,
        chargeAmount: environment.UPLOAD_CONFIRM_CHARGE_WON,
        repeatedCharges: environment.UPLOAD_CONFIRM_REPEATED_CHARGES,
        repeatedPercent: environment.UPLOAD_CONFIRM_REPEATED_PERCENT,
      },
      retry: {
        days: retryDaysOf(environment.RETRY_DAYS) ?? [],
        neverCodes: commaSeparated(environment.RETRY_NEVER_CODES),
        exhausted: environment.RETRY_EXHAUSTED,
      },
      holdOnDiscrepancy: environment.SETTLEMENT_HOLD_ON_DISCREPANCY,
    },
    clock: {
      followedUrl:
        environment.CLOCK === 'simulator'
          ? `${base(environment.TSTORE_API_BASE_URL ?? hosts.api ?? '')}/_simulator/clock`
          : undefined,
    },
    logging: {
      level: environment.LOG_LEVEL,
      directory: environment.LOG_DIR === undefined ? undefined : join(resolve(environment.LOG_DIR)),
      retentionDays: environment.LOG_RETENTION_DAYS,
    },
  };
}

function rolesOf(environment: Environment): ReadonlySet<Role> {
  const named = commaSeparated(environment.ROLE);
  return new Set(named.includes('all') ? ROLES : (named as Role[]));
}

function tstoreAccountIn(environment: Environment): TstoreAccount | undefined {
  const { TSTORE_CLIENT_ID: clientId, TSTORE_CLIENT_SECRET: clientSecret } = environment;
  const { TSTORE_BID: bid, TSTORE_MID: mid } = environment;
  if (clientId === undefined || clientSecret === undefined || bid === undefined || mid === undefined) return undefined;
  return { clientId, clientSecret, bid, mid };
}

function tossAccountIn({ TOSS_SECRET_KEY, TOSS_CLIENT_KEY }: Environment): TossAccount | undefined {
  if (TOSS_SECRET_KEY === undefined || TOSS_CLIENT_KEY === undefined) return undefined;
  return { secretKey: TOSS_SECRET_KEY, clientKey: TOSS_CLIENT_KEY };
}

function tossFaults(environment: Environment): InputFault[] {
  const { TOSS_SECRET_KEY: secretKey, TOSS_CLIENT_KEY: clientKey, ENVIRONMENT } = environment;
  const fields = { secretKey: 'TOSS_SECRET_KEY', clientKey: 'TOSS_CLIENT_KEY' } as const;
  const given = { ...(secretKey !== undefined && { secretKey }), ...(clientKey !== undefined && { clientKey }) };
  return tossKeyFaults(given, ENVIRONMENT).map(({ key, expected }) => ({ field: fields[key], expected }));
}

function kakaopayAccountIn(environment: Environment): KakaopayAccount | undefined {
  const { KAKAOPAY_SECRET_KEY: secretKey, KAKAOPAY_CID: cid, KAKAOPAY_GENERATION: generation } = environment;
  if (secretKey === undefined || cid === undefined) return undefined;
  const { KAKAOPAY_CID_SECRET: cidSecret, KAKAOPAY_CID_SUBSCRIPTION: cidSubscription } = environment;
  const { KAKAOPAY_CID_SUBSCRIPTION_SECRET: cidSubscriptionSecret } = environment;
  return { secretKey, cid, cidSecret, cidSubscription, cidSubscriptionSecret, generation };
}

/** The simulator has both generations at one address. */
function kakaopayHostsOf(environment: Environment): Record<'current' | 'legacy', string> {
  const hosts = KAKAOPAY_HOSTS[environment.ENVIRONMENT];
  const current = environment.KAKAOPAY_API_BASE_URL ?? hosts.current;
  const legacy = environment.ENVIRONMENT === 'simulator' ? current : hosts.legacy;
  return { current: base(current), legacy: base(environment.KAKAOPAY_LEGACY_API_BASE_URL ?? legacy) };
}

/** @param isHere whether any of the settings that make the account is given */
function kakaopayFaults(environment: Environment, isHere: boolean): InputFault[] {
  const faults: InputFault[] = [];
  for (const field of ['KAKAOPAY_CID', 'KAKAOPAY_CID_SUBSCRIPTION'] as const) {
    const expected = kakaopayCidFault(environment[field], environment.ENVIRONMENT);
    if (expected !== undefined) faults.push({ field, expected });
  }
  const beside = ['KAKAOPAY_CID_SECRET', 'KAKAOPAY_CID_SUBSCRIPTION', 'KAKAOPAY_CID_SUBSCRIPTION_SECRET'] as const;
  const alone = isHere ? [] : beside.filter((field) => environment[field] !== undefined);
  for (const field of alone) {
    faults.push({ field, expected: `nothing without ${KAKAOPAY_ACCOUNT_SETTINGS.join(' and ')}` });
  }
  if (environment.KAKAOPAY_CID_SUBSCRIPTION_SECRET === undefined || alone.length > 0) return faults;
  if (environment.KAKAOPAY_CID_SUBSCRIPTION !== undefined) return faults;
  return [
    ...faults,
    { field: 'KAKAOPAY_CID_SUBSCRIPTION_SECRET', expected: 'nothing without KAKAOPAY_CID_SUBSCRIPTION' },
  ];
}

function portoneAccountIn(environment: Environment): PortoneAccount | undefined {
  const { PORTONE_API_SECRET: apiSecret, PORTONE_STORE_ID: storeId } = environment;
  const { PORTONE_CHANNEL_KEYS: channelKeys, PORTONE_BILLING_CHANNEL_KEY: billingChannelKey } = environment;
  const { PORTONE_WEBHOOK_SECRETS: webhookSecrets, PORTONE_MANUAL_CONFIRM: manualConfirm } = environment;
  if (apiSecret === undefined || storeId === undefined || channelKeys === undefined) return undefined;
  return { apiSecret, storeId, channelKeys, billingChannelKey, webhookSecrets, manualConfirm };
}

/** @param isHere whether any of the settings that make the account is given */
function portoneFaults(environment: Environment, isHere: boolean): InputFault[] {
  if (isHere) return [];
  const beside = ['PORTONE_BILLING_CHANNEL_KEY', 'PORTONE_WEBHOOK_SECRETS'] as const;
  const expected = `nothing without ${PORTONE_ACCOUNT_SETTINGS.join(', ')}`;
  return beside.flatMap((field) => (environment[field] === undefined ? [] : [{ field, expected }]));
}

function refusalCodesOf({ TSTORE_REFUSAL_CODES, ENVIRONMENT }: Environment): readonly string[] {
  if (TSTORE_REFUSAL_CODES === undefined) return ENVIRONMENT === 'simulator' ? REFUSAL_CODES_OF_SIMULATOR : [];
  return TSTORE_REFUSAL_CODES === 'none' ? [] : commaSeparated(TSTORE_REFUSAL_CODES);
}

/** Codes of a refusal that means more than that nothing was done; whoever states such refusals states their meanings too. */
function meaningOf(setting: keyof typeof MEANT_BY_SIMULATOR, environment: Environment): readonly string[] {
  const { [setting]: stated, ENVIRONMENT, TSTORE_REFUSAL_CODES } = environment;
  if (stated !== undefined) return stated === 'none' ? [] : commaSeparated(stated);
  return ENVIRONMENT === 'simulator' && TSTORE_REFUSAL_CODES === undefined ? MEANT_BY_SIMULATOR[setting] : [];
}

function encryptionOf(environment: Environment): EncryptionConfig {
  const keys = commaSeparated(environment.ENCRYPTION_KEYS).map((entry) => {
    const [keyId, encoded] = entry.split(':') as [string, string];
    return { keyId, key: Buffer.from(encoded, 'base64') };
  });
  return { keys: keys as [EncryptionKeyConfig, ...EncryptionKeyConfig[]] };
}

function base(address: string): string {
  return address.replace(/\/+$/, '');
}
