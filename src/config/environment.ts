import 'reflect-metadata';
import { Expose, Transform, plainToInstance } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  MinLength,
  ValidateBy,
  getMetadataStorage,
  validateSync,
  type ValidationOptions,
} from 'class-validator';
import { isIP } from 'node:net';
import { validateCronExpression } from 'cron';
import type { InputFault } from '../kernel/errors';
import {
  KAKAOPAY_CID,
  KAKAOPAY_CID_IN_WORDS,
  KAKAOPAY_CID_SECRET,
  KAKAOPAY_CID_SECRET_IN_WORDS,
  KAKAOPAY_GENERATIONS,
  KAKAOPAY_KEY,
  KAKAOPAY_KEY_IN_WORDS,
  type KakaopayGeneration,
} from './kakaopay-key';
import {
  PORTONE_API_SECRET,
  PORTONE_API_SECRET_IN_WORDS,
  PORTONE_CHANNEL_KEY,
  PORTONE_CHANNEL_KEYS,
  PORTONE_CHANNEL_KEYS_IN_WORDS,
  PORTONE_CHANNEL_KEY_IN_WORDS,
  PORTONE_STORE_ID,
  PORTONE_STORE_ID_IN_WORDS,
  PORTONE_WEBHOOK_SECRETS,
  PORTONE_WEBHOOK_SECRETS_IN_WORDS,
} from './portone-key';
import { TOSS_KEY, TOSS_KEY_IN_WORDS } from './toss-key';
import { unknownSettings } from './unknown-settings';

/** Which parts of the service this process runs. */
export const ROLES = ['listener', 'scheduler', 'admin', 'checkout'] as const;
export type Role = (typeof ROLES)[number];

/** What a deployment is for: whose gateways it talks to, and how strict it is about its settings. */
export const DEPLOYMENTS = ['simulator', 'sandbox', 'live'] as const;
export type Deployment = (typeof DEPLOYMENTS)[number];

const CLOCKS = ['system', 'simulator'] as const;
export type ClockSource = (typeof CLOCKS)[number];

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const RETRY_EXHAUSTED = ['keep', 'cancel'] as const;
export type RetryExhausted = (typeof RETRY_EXHAUSTED)[number];

/** Roles of keys that may be allowed to approve what another person asked for. */
const APPROVER_ROLES = ['operator', 'finance', 'manager'] as const;

/** 256-bit keys: 32 bytes are 43 base64 characters and one `=`. */
const ENCRYPTION_KEY = /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]{43}=$/;

function Each(name: string, expected: string, accepts: (item: string) => boolean, options?: ValidationOptions) {
  return ValidateBy(
    {
      name,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && commaSeparated(value).every(accepts),
        defaultMessage: () => expected,
      },
    },
    options,
  );
}

/** Whole numbers written in decimal digits; anything else stays text and is refused by `IsInt`. */
const Integer = () =>
  Transform(({ value }: { value: unknown }) => (/^\d{1,15}$/.test(String(value)) ? Number(value) : value));

const Flag = () =>
  Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value));

const Whole = (min: number, max: number): PropertyDecorator => {
  const message = `a whole number from ${min} to ${max}`;
  const decorators = [Integer(), IsInt({ message }), Min(min, { message }), Max(max, { message }), Expose()];
  return (target, key) => decorators.forEach((decorate) => decorate(target, key));
};

function isResultCode(code: string): boolean {
  return /^[0-9A-Za-z]{1,20}$/.test(code);
}

/** When something is done by itself, by Seoul's clocks. */
function IsCron() {
  return ValidateBy({
    name: 'isCron',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' && (value === 'none' || validateCronExpression(value).valid),
      defaultMessage: () => 'a cron expression such as 0 4 * * * (Asia/Seoul), or none',
    },
  });
}

/** An absolute http or https address; a base without query or fragment. */
function IsBaseUrl() {
  return ValidateBy({
    name: 'isBaseUrl',
    validator: { validate: isBaseUrl, defaultMessage: () => 'an absolute http(s) address without query or fragment' },
  });
}

/**
 * The environment variables of the service, one property each, with their defaults. `.env.example` says why each
 * exists; a test holds the two together. An empty variable counts as not set.
 */
export class Environment {
  @Expose()
  @IsIn(DEPLOYMENTS, { message: `one of ${DEPLOYMENTS.join(', ')}` })
  ENVIRONMENT: Deployment = 'simulator';

  @Expose()
  @Each('roles', `all, or a list of ${ROLES.join(', ')}`, (role) => role === 'all' || ROLES.includes(role as Role))
  ROLE: string = 'all';

  @Expose() @IsString() @IsNotEmpty() HOST: string = '0.0.0.0';
  @Whole(0, 65_535) PORT: number = 8080;
  @IsOptional() @Whole(0, 65_535) MANAGEMENT_PORT?: number;
  @Expose() @IsOptional() @IsString() TLS_CERT_FILE?: string;
  @Expose() @IsOptional() @IsString() TLS_KEY_FILE?: string;
  @Expose() @IsOptional() @IsBaseUrl() PUBLIC_BASE_URL?: string;

  @Expose()
  @Each('cidrs', 'a list of networks such as 10.0.0.0/8, none of them all addresses', isProxyCidr)
  TRUSTED_PROXY_CIDRS: string = '';

  @Whole(0, 10) SHUTDOWN_NOTICE_SECONDS: number = 1;

  @Expose()
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'an address that begins with postgres://' })
  DATABASE_URL?: string;

  @Whole(2, 200) DATABASE_POOL_SIZE: number = 10;
  @Whole(2, 200) DATABASE_READ_POOL_SIZE: number = 6;
  @Whole(2, 200) DATABASE_CHANGE_POOL_SIZE: number = 4;
  @Expose() @IsString() @IsNotEmpty() DATA_DIR: string = '.data';

  @Expose()
  @Each('keys', 'a list of kid:base64 with 32 bytes each (openssl rand -base64 32)', (key) => ENCRYPTION_KEY.test(key))
  @IsNotEmpty({ message: 'at least one kid:base64 with 32 bytes (openssl rand -base64 32)' })
  ENCRYPTION_KEYS: string = '';

  @Expose()
  @IsOptional()
  @MinLength(24, { message: 'at least 24 characters (openssl rand -hex 32)' })
  ADMIN_BOOTSTRAP_KEY?: string;

  @Whole(0, 1_000_000) ADMIN_REQUESTS_PER_MINUTE: number = 1_200;
  @Whole(0, 1_000_000) ADMIN_FAILED_KEYS_PER_MINUTE: number = 20;
  @Whole(0, 1_000_000) CHECKOUT_REQUESTS_PER_MINUTE: number = 300;
  // Each is a connection, and a thousand of those a process may have are for everybody else.
  @Whole(0, 8_000) CHECKOUT_STREAMS: number = 5_000;
  @Whole(0, 8_000) CHECKOUT_STREAMS_PER_ADDRESS: number = 200;
  @Whole(1, 8_000) CHECKOUT_STREAMS_PER_ORDER: number = 10;
  @Whole(1, 300) CHECKOUT_HEARTBEAT_SECONDS: number = 15;
  @Whole(1, 1_000) ADMIN_EXPORTS_PER_KEY: number = 3;

  @Expose() @IsIn(CLOCKS, { message: `one of ${CLOCKS.join(', ')}` }) CLOCK: ClockSource = 'system';

  @Expose() @IsOptional() @IsString() TSTORE_CLIENT_ID?: string;
  @Expose() @IsOptional() @IsString() TSTORE_CLIENT_SECRET?: string;

  @Expose()
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,64}$/, { message: 'the business id T store gave you (1 to 64 printable characters)' })
  TSTORE_BID?: string;

  @Expose()
  @IsOptional()
  @Matches(/^[\x21-\x2b\x2d-\x7e]{1,64}$/, { message: 'the merchant id T store gave you (no comma, no space)' })
  TSTORE_MID?: string;

  @Expose() @IsOptional() @IsBaseUrl() TSTORE_AUTH_BASE_URL?: string;
  @Expose() @IsOptional() @IsBaseUrl() TSTORE_API_BASE_URL?: string;
  @Expose() @IsOptional() @IsBaseUrl() TSTORE_PNS_BASE_URL?: string;
  @Expose() @Flag() @IsBoolean({ message: 'true or false' }) TSTORE_NOTIFICATION_URL_PER_JOB: boolean = true;
  @Whole(1, 300) TSTORE_CONNECT_TIMEOUT_SECONDS: number = 5;
  @Whole(1, 3_600) TSTORE_ANSWER_TIMEOUT_SECONDS: number = 60;
  @Whole(1, 3_600) TSTORE_IDLE_TIMEOUT_SECONDS: number = 60;
  @Whole(1, 1_000_000) TSTORE_LEAST_KILOBYTES_PER_SECOND: number = 64;
  @Whole(0, 3_600) TSTORE_TOKEN_MARGIN_SECONDS: number = 300;
  @Whole(1, 6_000) TSTORE_LOOKUPS_PER_MINUTE: number = 60;
  @Whole(0, 3_600) TSTORE_LOOKUP_FRESH_SECONDS: number = 60;
  @Whole(1, 1_440) REBILL_LOOKUP_FRESH_MINUTES: number = 15;
  @Whole(0, 90) UNPAID_LOOKUP_DAYS: number = 14;
  @Expose()
  @Flag()
  @IsBoolean({ message: 'true or false' })
  TSTORE_AUTH_KEY_IS_BILLING_TOKEN: boolean = false;

  @Expose()
  @IsOptional()
  @Each('resultCodes', 'a list of result codes, letters and digits, or none', isResultCode)
  TSTORE_REFUSAL_CODES?: string;

  @Expose()
  @Each('statuses', 'a list of status words, each 1 to 40 letters and digits', (word) =>
    /^[0-9A-Za-z_-]{1,40}$/.test(word),
  )
  TSTORE_REFUNDED_STATUSES: string = '';

  @Expose()
  @Each('statuses', 'a list of status words, each 1 to 40 letters and digits', (word) =>
    /^[0-9A-Za-z_-]{1,40}$/.test(word),
  )
  TSTORE_PAID_STATUSES: string = 'complite';

  @Expose()
  @IsOptional()
  @Each('resultCodes', 'a list of result codes, letters and digits, or none', isResultCode)
  TSTORE_NOTHING_LEFT_CODES?: string;

  @Expose()
  @IsOptional()
  @Each('resultCodes', 'a list of result codes, letters and digits, or none', isResultCode)
  TSTORE_NOT_FOUND_CODES?: string;

  @Expose() @IsOptional() @Matches(TOSS_KEY, { message: TOSS_KEY_IN_WORDS }) TOSS_SECRET_KEY?: string;
  @Expose() @IsOptional() @Matches(TOSS_KEY, { message: TOSS_KEY_IN_WORDS }) TOSS_CLIENT_KEY?: string;
  @Expose() @IsOptional() @IsBaseUrl() TOSS_API_BASE_URL?: string;
  @Whole(1, 300) TOSS_CONNECT_TIMEOUT_SECONDS: number = 5;
  @Whole(1, 3_600) TOSS_ANSWER_TIMEOUT_SECONDS: number = 60;
  @Expose() @Flag() @IsBoolean({ message: 'true or false' }) TOSS_FINDS_AGREED: boolean = true;
  @Expose() @Each('cidrs', 'a list of networks such as 203.0.113.0/24', isCidr) TOSS_WEBHOOK_CIDRS: string = '';

  @Expose() @IsOptional() @Matches(KAKAOPAY_KEY, { message: KAKAOPAY_KEY_IN_WORDS }) KAKAOPAY_SECRET_KEY?: string;
  @Expose() @IsOptional() @Matches(KAKAOPAY_CID, { message: KAKAOPAY_CID_IN_WORDS }) KAKAOPAY_CID?: string;

  @Expose()
  @IsOptional()
  @Matches(KAKAOPAY_CID_SECRET, { message: KAKAOPAY_CID_SECRET_IN_WORDS })
  KAKAOPAY_CID_SECRET?: string;

  @Expose()
  @IsOptional()
  @Matches(KAKAOPAY_CID, { message: KAKAOPAY_CID_IN_WORDS })
  KAKAOPAY_CID_SUBSCRIPTION?: string;

  @Expose()
  @IsOptional()
  @Matches(KAKAOPAY_CID_SECRET, { message: KAKAOPAY_CID_SECRET_IN_WORDS })
  KAKAOPAY_CID_SUBSCRIPTION_SECRET?: string;

  @Expose()
  @IsIn(KAKAOPAY_GENERATIONS, { message: `one of ${KAKAOPAY_GENERATIONS.join(', ')}` })
  KAKAOPAY_GENERATION: KakaopayGeneration = 'current';

  @Expose() @IsOptional() @IsBaseUrl() KAKAOPAY_API_BASE_URL?: string;
  @Expose() @IsOptional() @IsBaseUrl() KAKAOPAY_LEGACY_API_BASE_URL?: string;
  @Whole(1, 300) KAKAOPAY_CONNECT_TIMEOUT_SECONDS: number = 5;
  @Whole(1, 3_600) KAKAOPAY_ANSWER_TIMEOUT_SECONDS: number = 30;
  @Whole(1, 1_440) KAKAOPAY_OPEN_MINUTES: number = 60;

  @Expose()
  @IsOptional()
  @Matches(PORTONE_API_SECRET, { message: PORTONE_API_SECRET_IN_WORDS })
  PORTONE_API_SECRET?: string;

  @Expose()
  @IsOptional()
  @Matches(PORTONE_STORE_ID, { message: PORTONE_STORE_ID_IN_WORDS })
  PORTONE_STORE_ID?: string;

  @Expose()
  @IsOptional()
  @Matches(PORTONE_CHANNEL_KEYS, { message: PORTONE_CHANNEL_KEYS_IN_WORDS })
  PORTONE_CHANNEL_KEYS?: string;

  @Expose()
  @IsOptional()
  @Matches(PORTONE_CHANNEL_KEY, { message: PORTONE_CHANNEL_KEY_IN_WORDS })
  PORTONE_BILLING_CHANNEL_KEY?: string;

  @Expose()
  @IsOptional()
  @Matches(PORTONE_WEBHOOK_SECRETS, { message: PORTONE_WEBHOOK_SECRETS_IN_WORDS })
  PORTONE_WEBHOOK_SECRETS?: string;

  @Expose() @Flag() @IsBoolean({ message: 'true or false' }) PORTONE_MANUAL_CONFIRM: boolean = false;
  @Expose() @IsOptional() @IsBaseUrl() PORTONE_API_BASE_URL?: string;
  @Whole(1, 300) PORTONE_CONNECT_TIMEOUT_SECONDS: number = 5;
  @Whole(1, 3_600) PORTONE_ANSWER_TIMEOUT_SECONDS: number = 60;
  @Whole(1, 1_440) PORTONE_OPEN_MINUTES: number = 60;
  @Expose() @Each('cidrs', 'a list of networks such as 203.0.113.0/24', isCidr) PORTONE_WEBHOOK_CIDRS: string = '';

  @Expose() @Each('cidrs', 'a list of networks such as 203.0.113.0/24', isCidr) PNS_ALLOWED_CIDRS: string = '';
  @Whole(1, 6_000) PNS_QUESTIONS_PER_MINUTE: number = 120;
  @Whole(0, 10_000_000) NOTIFICATION_SOURCE_KILOBYTES_PER_DAY: number = 10_000;
  @Whole(1, 3_650) NOTIFICATION_RETENTION_DAYS: number = 30;
  @Whole(30, 3_650) EVIDENCE_RETENTION_DAYS: number = 1_825;

  @Expose() @IsCron() BILLING_CRON: string = '0 4 * * *';
  @Expose() @IsCron() TIE_OUT_CRON: string = '0 7 * * *';
  @Whole(0, 90) TIE_OUT_AGAIN_DAYS: number = 7;

  @Whole(0, 1_000) BILLING_RUN_CONFIRM_FACTOR: number = 3;
  @Whole(0, 10_000_000) BILLING_RUN_CONFIRM_MIN_CHARGES: number = 1_000;
  @Whole(0, 1_000_000_000_000) BILLING_RUN_CONFIRM_MIN_WON: number = 10_000_000;

  @Whole(0, 1_000) UPLOAD_CONFIRM_FACTOR: number = 3;
  @Whole(0, 10_000_000) UPLOAD_CONFIRM_MIN_CHARGES: number = 1_000;
  @Whole(0, 1_000_000_000_000) UPLOAD_CONFIRM_MIN_WON: number = 10_000_000;
  @Whole(0, 1_000_000_000) UPLOAD_CONFIRM_CHARGE_WON: number = 100_000;
  @Whole(0, 10_000_000) UPLOAD_CONFIRM_REPEATED_CHARGES: number = 2;
  @Whole(0, 100) UPLOAD_CONFIRM_REPEATED_PERCENT: number = 5;

  @Expose()
  @ValidateBy({
    name: 'isRetryDays',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && retryDaysOf(value) !== undefined,
      defaultMessage: () => 'up to 10 whole numbers of days from 1 to 90 such as 3,7, or none',
    },
  })
  RETRY_DAYS: string = '3,7';

  @Expose()
  @Each('resultCodes', 'a list of result codes, letters and digits', isResultCode)
  RETRY_NEVER_CODES: string = '';

  @Expose()
  @IsIn(RETRY_EXHAUSTED, { message: `one of ${RETRY_EXHAUSTED.join(', ')}` })
  RETRY_EXHAUSTED: RetryExhausted = 'keep';

  @Whole(1, 60_000) PAYMENT_RATE_PER_MINUTE: number = 600;
  @Whole(0, 1_440) VIRTUAL_ACCOUNT_SETTLE_DELAY_MINUTES: number = 3;
  @Whole(1, 1_440) VIRTUAL_ACCOUNT_LOOKUP_MINUTES: number = 60;
  @Whole(0, 168) VIRTUAL_ACCOUNT_GRACE_HOURS: number = 12;
  @Whole(0, 6_000) REFUND_RATE_PER_MINUTE: number = 30;
  @Whole(0, 1_000_000_000_000) REFUND_RELEASE_ABOVE_WON: number = 1_000_000;
  @Whole(0, 10_000_000) REFUND_RELEASE_ABOVE_COUNT: number = 100;
  @Whole(1, 10_080) REFUND_DOUBT_MINUTES: number = 30;

  @Expose()
  @Each('approverRoles', `a list of ${APPROVER_ROLES.join(', ')}`, (role) => APPROVER_ROLES.includes(role as never))
  @IsNotEmpty({ message: `at least one of ${APPROVER_ROLES.join(', ')}` })
  APPROVAL_ROLES: string = 'finance,manager';

  @Whole(1, 8_760) APPROVAL_EXPIRES_HOURS: number = 72;
  @Expose() @Flag() @IsBoolean({ message: 'true or false' }) APPROVAL_BY_BOOTSTRAP_KEY: boolean = false;
  @Expose() @Flag() @IsBoolean({ message: 'true or false' }) APPROVAL_OF_DOUBT: boolean = true;
  @Expose() @Flag() @IsBoolean({ message: 'true or false' }) APPROVAL_OF_DECISIONS: boolean = true;
  @Expose() @Flag() @IsBoolean({ message: 'true or false' }) APPROVAL_OF_STOPS: boolean = true;

  @Whole(1, 3_600) SCHEDULER_TICK_SECONDS: number = 10;
  @Whole(10, 3_600) SCHEDULER_LEASE_SECONDS: number = 120;
  @Whole(1, 64) SCHEDULER_GATEWAY_WIDTH: number = 8;
  @Whole(1, 1_000) ALARM_AFTER_FAILURES: number = 5;
  @Whole(1, 10_080) IN_DOUBT_ALARM_MINUTES: number = 60;
  @Whole(1, 1_000_000) BULK_JOB_MAX_ROWS: number = 100_000;
  @Whole(1, 1_000_000) UPLOAD_MAX_MEGABYTES: number = 1_024;
  @Expose() @Flag() @IsBoolean({ message: 'true or false' }) SETTLEMENT_HOLD_ON_DISCREPANCY: boolean = false;

  @Expose() @IsIn(LOG_LEVELS, { message: `one of ${LOG_LEVELS.join(', ')}` }) LOG_LEVEL: LogLevel = 'info';
  @Expose() @IsOptional() @IsString() LOG_DIR?: string;
  @Whole(1, 3_650) LOG_RETENTION_DAYS: number = 90;
}

/** Reads and checks each variable by itself. @returns the values, and every fault by name, never by value. */
export function readEnvironment(source: NodeJS.ProcessEnv): { environment: Environment; faults: InputFault[] } {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const environment = plainToInstance(Environment, given, {
    excludeExtraneousValues: true,
    exposeDefaultValues: true,
  });
  const faults = validateSync(environment, { stopAtFirstError: true }).map((error) => ({
    field: error.property,
    expected: Object.values(error.constraints ?? {})[0] ?? 'another value',
  }));
  return { environment, faults: [...faults, ...unknownSettings(Object.keys(given), SETTINGS)] };
}

/** Every setting there is; those without a default have no value to be listed by, but all of them are checked. */
const SETTINGS = [
  ...new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(Environment, '', false, false)
      .map(({ propertyName }) => propertyName),
  ),
];

export function commaSeparated(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** @returns the days of RETRY_DAYS, none for `none`; `undefined` when it can't be read */
export function retryDaysOf(text: string): number[] | undefined {
  if (text === 'none') return [];
  const days = commaSeparated(text);
  const isGood = days.length > 0 && days.length <= 10 && days.every((day) => /^([1-9]|[1-8]\d|90)$/.test(day));
  return isGood ? days.map(Number) : undefined;
}

/** Whether a text names a network that some address can be in; an address alone is one of its own. */
function isCidr(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  // A zone such as `%eth0` belongs to one machine's interfaces, not to a network.
  if (version === 0 || address.includes('%') || rest.length > 0) return false;
  if (prefix === undefined) return true;
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  // Whoever writes IPv4 as IPv6 and forgets the 96 bits before it would let everybody in.
  const least = /^::ffff:/i.test(address) ? MAPPED_PREFIX_BITS : 0;
  return bits >= least && bits <= (version === 4 ? 32 : 128);
}

const MAPPED_PREFIX_BITS = 96;

/** Who believes everybody's X-Forwarded-For lets each sender choose its own address. */
function isProxyCidr(text: string): boolean {
  return isCidr(text) && !/\/0+$/.test(text);
}

function isBaseUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.search === '' && url.hash === '';
}
