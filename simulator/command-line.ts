import { parseArgs } from 'node:util';
import { readScenarioFile } from './tstore/faults/scenario';
import { CommandLineError, fraction, oneOf, positive, whole } from './shared/flag-values';
import {
  COUNT_MISMATCH_POLICIES,
  DEFAULT_OPTIONS,
  TOKEN_EXPIRY_FORMATS,
  type CountMismatchPolicy,
  type SimulatorOptions,
  type TokenExpiryFormat,
} from './options';

/** What the service's `.env.example` expects. */
const STANDALONE_PORT = 9090;

interface Flag {
  value: string;
  what: string;
  /** Shown in the help. */
  fallback: string;
  read: (text: string) => Partial<SimulatorOptions>;
}

const D = DEFAULT_OPTIONS;

/** The one list of flags: parsing and help come from it. */
const FLAGS: Record<string, Flag> = {
  host: { value: 'ADDRESS', what: 'address to listen on', fallback: D.host, read: (host) => ({ host }) },
  port: {
    value: 'N',
    what: 'port to listen on; 0 takes any',
    fallback: String(STANDALONE_PORT),
    read: (text) => ({ port: whole('port', text, 0, 65_535) }),
  },
  'client-id': { value: 'ID', what: 'OAuth client id', fallback: D.clientId, read: (clientId) => ({ clientId }) },
  'client-secret': {
    value: 'SECRET',
    what: 'OAuth client secret',
    fallback: D.clientSecret,
    read: (clientSecret) => ({ clientSecret }),
  },
  bid: { value: 'ID', what: 'business id of submissions', fallback: D.bid, read: (bid) => ({ bid }) },
  mid: { value: 'ID', what: 'merchant id of rows; others are declined', fallback: D.mid, read: (mid) => ({ mid }) },
  seed: {
    value: 'WORD',
    what: 'for declines, order of lines and faults',
    fallback: D.seed,
    read: (seed) => ({ seed }),
  },
  'decline-rate': {
    value: '0..1',
    what: 'share of payments declined',
    fallback: String(D.declineRate),
    read: (text) => ({ declineRate: fraction('decline-rate', text) }),
  },
  'processing-delay': {
    value: 'MS',
    what: 'from acceptance to completion',
    fallback: String(D.processingDelayMs),
    read: (text) => ({ processingDelayMs: whole('processing-delay', text) }),
  },
  'notification-delay': {
    value: 'MS',
    what: 'from completion to the first notification',
    fallback: String(D.notificationDelayMs),
    read: (text) => ({ notificationDelayMs: whole('notification-delay', text) }),
  },
  'first-job-id': {
    value: 'N',
    what: 'id of the first job; the next ones follow',
    fallback: 'the time in seconds, so that a restart repeats none',
    read: (text) => ({ firstJobId: whole('first-job-id', text, 1) }),
  },
  'answer-timeout': {
    value: 'MS',
    what: "how long PNS waits for the merchant's answer, real time",
    fallback: String(D.answerTimeoutMs),
    read: (text) => ({ answerTimeoutMs: whole('answer-timeout', text) }),
  },
  'resend-after-failure': {
    value: 'MS',
    what: 'first re-send after a failed delivery, doubling up to 30 minutes',
    fallback: String(D.resendAfterFailureMs),
    read: (text) => ({ resendAfterFailureMs: whole('resend-after-failure', text) }),
  },
  'time-factor': {
    value: 'X',
    what: 'speed of the clock; 0 pins it',
    fallback: String(D.timeFactor),
    read: (text) => ({ timeFactor: positive('time-factor', text) }),
  },
  'token-ttl': {
    value: 'SECONDS',
    what: 'life of an access token',
    fallback: String(D.tokenTtlSeconds),
    read: (text) => ({ tokenTtlSeconds: whole('token-ttl', text) }),
  },
  'token-expiry-format': {
    value: TOKEN_EXPIRY_FORMATS.join('|'),
    what: 'how `expired` is written',
    fallback: D.tokenExpiryFormat,
    read: (text) => ({
      tokenExpiryFormat: oneOf<TokenExpiryFormat>('token-expiry-format', text, TOKEN_EXPIRY_FORMATS),
    }),
  },
  'count-too-low': {
    value: COUNT_MISMATCH_POLICIES.join('|'),
    what: 'cntTotalTrans below the rows',
    fallback: D.countTooLow,
    read: (text) => ({ countTooLow: oneOf<CountMismatchPolicy>('count-too-low', text, COUNT_MISMATCH_POLICIES) }),
  },
  'count-too-high': {
    value: COUNT_MISMATCH_POLICIES.join('|'),
    what: 'cntTotalTrans above the rows',
    fallback: D.countTooHigh,
    read: (text) => ({ countTooHigh: oneOf<CountMismatchPolicy>('count-too-high', text, COUNT_MISMATCH_POLICIES) }),
  },
  scenario: {
    value: 'FILE',
    what: 'JSON file of declines and faults; see simulator/README.md',
    fallback: 'none',
    read: (path) => ({ scenario: readScenarioFile(path) }),
  },
  'temporary-folder': {
    value: 'FOLDER',
    what: 'where request and result files are kept while it runs',
    fallback: "the system's",
    read: (temporaryFolder) => ({ temporaryFolder }),
  },
};

export type Command =
  { kind: 'help'; text: string } | { kind: 'start'; options: Partial<SimulatorOptions>; quiet: boolean };

export function readCommandLine(args: readonly string[]): Command {
  const { values } = parse(args);
  if (values.help === true) return { kind: 'help', text: helpText() };
  let options: Partial<SimulatorOptions> = {
    port: STANDALONE_PORT,
    firstJobId: Math.floor(Date.now() / 1000),
    insecureTls: values['insecure-tls'] === true,
  };
  for (const [name, flag] of Object.entries(FLAGS)) {
    const text = values[name];
    if (typeof text === 'string') options = { ...options, ...flag.read(text) };
  }
  return { kind: 'start', options, quiet: values.quiet === true };
}

function parse(args: readonly string[]): { values: Record<string, unknown> } {
  const texts = Object.fromEntries(Object.keys(FLAGS).map((name) => [name, { type: 'string' as const }]));
  const flag = { type: 'boolean' as const };
  try {
    return parseArgs({
      args: [...args],
      options: { ...texts, 'insecure-tls': flag, quiet: flag, help: { ...flag, short: 'h' } },
    });
  } catch (error) {
    throw new CommandLineError((error as Error).message, { cause: error });
  }
}

function helpText(): string {
  const lines = Object.entries(FLAGS).map(([name, flag]) =>
    [`  --${name} ${flag.value}`, `      ${flag.what} (${flag.fallback})`].join('\n'),
  );
  return [
    'T store simulator: token, bulk payment API and PNS on one port, and Toss Payments, KakaoPay and PortOne beside it.',
    '',
    'Usage: npm run simulator -- [options]',
    '',
    ...lines,
    '  --insecure-tls\n      send to listeners whose certificate can not be verified',
    '  --quiet\n      no line for each call',
    '  -h, --help\n      this text',
    '',
    "Delays run on the simulator's clock unless they say real time. Page: /   Control API: /_simulator/",
    '',
  ].join('\n');
}
