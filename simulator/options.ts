import { DEFAULT_KAKAOPAY_OPTIONS, type KakaoPayOptions } from './kakaopay/options';
import { DEFAULT_PORTONE_OPTIONS, type PortOneOptions } from './portone/options';
import { DEFAULT_TOSS_OPTIONS, type TossOptions } from './toss/options';
import type { Scenario } from './tstore/faults/scenario';

export const TOKEN_EXPIRY_FORMATS = ['seconds', 'epoch-ms', 'compact'] as const;
export type TokenExpiryFormat = (typeof TOKEN_EXPIRY_FORMATS)[number];

/**
 * What becomes of a job whose `cntTotalTrans` is not its number of rows. T store's guide says that payments may be
 * dropped or unanswered, so those are the defaults: `drop` charges only the first `cntTotalTrans` rows, `unanswered`
 * charges all and never tells. `complete` takes no notice; `refuse` answers the submission with a result code.
 */
export const COUNT_MISMATCH_POLICIES = ['drop', 'unanswered', 'complete', 'refuse'] as const;
export type CountMismatchPolicy = (typeof COUNT_MISMATCH_POLICIES)[number];

/** A merchant's client, and what T store calls the merchant. */
export interface ClientOptions {
  clientId: string;
  clientSecret: string;
  /** Its submissions with another `bid` are refused. */
  bid: string;
  /** Its rows with another `mid` are declined. */
  mid: string;
}

/** Everything that can be chosen at start; what is not given comes from DEFAULT_OPTIONS. */
export interface SimulatorOptions extends ClientOptions, TossOptions, KakaoPayOptions, PortOneOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Other merchants' clients: each has its own tokens, jobs and payments. */
  furtherClients: readonly ClientOptions[];
  /** One word for all randomness. */
  seed: string;
  /** Share of payments declined, 0 to 1; which ones depends on the seed and the order number only. */
  declineRate: number;
  /** From acceptance to completion, simulator time. */
  processingDelayMs: number;
  /** From completion to the first notification, simulator time. */
  notificationDelayMs: number;
  /** How long PNS waits for the merchant's answer, real time. */
  answerTimeoutMs: number;
  /** First re-send after a failed delivery, doubling up to 30 minutes, simulator time. */
  resendAfterFailureMs: number;
  /** How many simulated milliseconds pass in a real one; 0 pins the clock. */
  timeFactor: number;
  /** Epoch milliseconds the simulator's clock starts at; now, if null. */
  startAt: number | null;
  tokenTtlSeconds: number;
  tokenExpiryFormat: TokenExpiryFormat;
  /** Id of the first job. A service that outlives the simulator must not see an id twice. */
  firstJobId: number;
  countTooLow: CountMismatchPolicy;
  countTooHigh: CountMismatchPolicy;
  /** Sends notifications to listeners whose certificate can't be verified (self-signed ones). */
  insecureTls: boolean;
  /** Where the working folder is made (and removed at close); the system's, if null. */
  temporaryFolder: string | null;
  scenario: Scenario | null;
  /** Receives one line a call. */
  log: (line: string) => void;
}

/** Of a second merchant, or the same one's second contract. */
export const SECOND_CLIENT: ClientOptions = {
  clientId: 'second-client',
  clientSecret: 'second-secret+/=',
  bid: 'secondbid',
  mid: 'secondcorp',
};

export const DEFAULT_OPTIONS: SimulatorOptions = {
  host: '127.0.0.1',
  port: 0,
  clientId: 'demo-client',
  clientSecret: 'demo-secret+/=',
  bid: 'skplanet',
  mid: 'skpcorp',
  furtherClients: [SECOND_CLIENT],
  seed: 'tstore',
  declineRate: 0.1,
  processingDelayMs: 200,
  notificationDelayMs: 300,
  answerTimeoutMs: 10_000,
  resendAfterFailureMs: 60_000,
  timeFactor: 1,
  startAt: null,
  tokenTtlSeconds: 43_200,
  tokenExpiryFormat: 'seconds',
  firstJobId: 1,
  countTooLow: 'drop',
  countTooHigh: 'unanswered',
  insecureTls: false,
  temporaryFolder: null,
  scenario: null,
  ...DEFAULT_TOSS_OPTIONS,
  ...DEFAULT_KAKAOPAY_OPTIONS,
  ...DEFAULT_PORTONE_OPTIONS,
  log: () => undefined,
};
