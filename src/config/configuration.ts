import type { KakaopayGeneration } from './kakaopay-key';
import type { Deployment, LogLevel, RetryExhausted, Role } from './environment';

export abstract class DeploymentConfig {
  abstract readonly environment: Deployment;
}

/** Where the process listens and what it is called from outside. */
export abstract class HttpConfig {
  abstract readonly host: string;
  /** 0 lets the system choose. */
  abstract readonly port: number;
  /** Where metrics, health and the API's page are served instead, over plain HTTP; `undefined`: on {@link port}. */
  abstract readonly managementPort: number | undefined;
  /** The process speaks HTTPS itself when set; else a proxy in front of it does. */
  abstract readonly tls: { certFile: string; keyFile: string } | undefined;
  /** Without a slash at the end. */
  abstract readonly publicBaseUrl: string;
  /** Networks whose `X-Forwarded-For` is believed. */
  abstract readonly trustedProxyCidrs: readonly string[];
  /** Between "not ready" and the end of accepting, so that who sends requests here takes notice. */
  abstract readonly shutdownNoticeMs: number;
}

export abstract class DatabaseConfig {
  /** `undefined`: an embedded PostgreSQL under the storage directory. */
  abstract readonly url: string | undefined;
  /** Connections for all that nobody waits for an answer of: the scheduler's steps. */
  abstract readonly poolSize: number;
  /** Connections for what the admin API is asked; half of those for reading are for large answers. */
  abstract readonly keptPools: Readonly<Record<'reading' | 'changing' | 'deciding' | 'stopping', number>>;
}

export abstract class StorageConfig {
  /** Directory of request and result files; shared by all replicas. */
  abstract readonly directory: string;
}

export interface EncryptionKeyConfig {
  /** Names the key in every stored ciphertext. */
  keyId: string;
  /** 32 bytes. */
  key: Buffer;
}

export abstract class EncryptionConfig {
  /** The first encrypts, all decrypt. At least one. */
  abstract readonly keys: readonly [EncryptionKeyConfig, ...EncryptionKeyConfig[]];
}

export abstract class CheckoutConfig {
  /** Requests of customers' browsers an address may make in a minute to this process; 0 is no limit. */
  abstract readonly requestsPerMinute: number;
  /** Live streams of orders this process holds at a time; 0 takes none. */
  abstract readonly streams: number;
  /** Of these from one address; 0 is no limit. */
  abstract readonly streamsPerAddress: number;
  /** Of these of one order. */
  abstract readonly streamsPerOrder: number;
  /** After so long without anything to tell, a stream says that it is there. */
  abstract readonly heartbeatSeconds: number;
}

export abstract class AdminConfig {
  /** `undefined` only where this process has no admin role. */
  abstract readonly bootstrapKey: string | undefined;
  abstract readonly uploadMaxBytes: number;
  /** Requests a key may make in a minute to this process; 0 is no limit. */
  abstract readonly requestsPerMinute: number;
  /** Failed attempts an address may make in a minute before further ones are refused unlooked at; 0 is no limit. */
  abstract readonly failedKeysPerMinute: number;
  /** Whole lists and exports a key may have on their way at a time, from this process. */
  abstract readonly exportsPerKey: number;
}

/** The merchant's contract with T store. */
export interface TstoreAccount {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Merchant's business id, a header of every submission. */
  readonly bid: string;
  /** Merchant's id, the first column of the request file. */
  readonly mid: string;
}

export abstract class TstoreConfig {
  /** `undefined`: there is no T store here. What needs one asks by `tstoreAccountOf`. */
  abstract readonly account: TstoreAccount | undefined;
  abstract readonly authBaseUrl: string;
  abstract readonly apiBaseUrl: string;
  abstract readonly pnsBaseUrl: string;
  /** Whether each job gets a notification address of its own; unconfirmed that T store takes such addresses. */
  abstract readonly notificationUrlPerJob: boolean;
  abstract readonly connectTimeoutMs: number;
  /** From the last byte sent to the head of the answer. */
  abstract readonly answerTimeoutMs: number;
  /** Longest silence in the middle of a body, either way. */
  abstract readonly idleTimeoutMs: number;
  /** A file that crosses more slowly, either way, is given up: see `TstoreClient`. */
  abstract readonly leastBytesPerSecond: number;
  /** Result codes that certainly mean that T store has not done what was asked; any other no is doubt. */
  abstract readonly refusalCodes: readonly string[];
  /** Its words for a payment of which something was refunded; empty: lookups decide nothing of refunds. */
  abstract readonly refundedStatuses: readonly string[];
  /** Its words for a payment of which nothing was refunded; a word of neither list is a state that nobody knows. */
  abstract readonly paidStatuses: readonly string[];
  /** Of its refusals of a refund, those that mean more than is left of the payment. */
  abstract readonly nothingLeftCodes: readonly string[];
  /** Of its refusals of a lookup, those that mean that it has no such payment; after any other nothing is known of it. */
  abstract readonly notFoundCodes: readonly string[];
  /** Whether it names the payer by the billing token that was charged, so that it can be compared. */
  abstract readonly authKeyIsBillingToken: boolean;
  /** A token that expires sooner than this counts as expired. */
  abstract readonly tokenMarginSeconds: number;
}

/** The keys of the merchant's contract with Toss Payments: one set, of one mode and kind. */
export interface TossAccount {
  /** A secret. */
  readonly secretKey: string;
  /** For the customer's browser; no secret, and good for nothing without the other. */
  readonly clientKey: string;
}

export abstract class TossConfig {
  /** `undefined`: the settings make no account of Toss. */
  abstract readonly account: TossAccount | undefined;
  abstract readonly apiBaseUrl: string;
  /** Networks its messages may come from; empty allows all. */
  abstract readonly webhookCidrs: readonly string[];
  /** Whether it is taken for granted that lookups tell of what a customer has agreed to before it is confirmed. */
  abstract readonly findsAgreed: boolean;
  abstract readonly connectTimeoutMs: number;
  /** From the last byte sent to the head of the answer: a confirmation of eleven seconds has been seen. */
  abstract readonly answerTimeoutMs: number;
}

/** The merchant's contracts with KakaoPay, and the key of the application that may use them. */
export interface KakaopayAccount {
  /** A secret; of the legacy generation the admin key. */
  readonly secretKey: string;
  /** Of single payments. */
  readonly cid: string;
  /** A secret, where the contract has one. */
  readonly cidSecret: string | undefined;
  /** Of payments without the customer, where there is such a contract. */
  readonly cidSubscription: string | undefined;
  /** A secret, where that contract has one. */
  readonly cidSubscriptionSecret: string | undefined;
  readonly generation: KakaopayGeneration;
}

export abstract class KakaopayConfig {
  /** `undefined`: the settings make no account of KakaoPay. */
  abstract readonly account: KakaopayAccount | undefined;
  /** By the generation that an account speaks. */
  abstract readonly apiBaseUrls: Readonly<Record<KakaopayGeneration, string>>;
  abstract readonly connectTimeoutMs: number;
  /** From the last byte sent to the head of the answer. */
  abstract readonly answerTimeoutMs: number;
  /** For how long a payment that KakaoPay has as open may still turn out to be paid. */
  abstract readonly openSeconds: number;
}

/** The merchant's store at PortOne, and what its customers pay by. */
export interface PortoneAccount {
  /** A secret. */
  readonly apiSecret: string;
  readonly storeId: string;
  /** With commas between; the first is the one that windows are opened for. */
  readonly channelKeys: string;
  /** Of the channel in which payment methods are registered, where that is another than the first. */
  readonly billingChannelKey: string | undefined;
  /** With commas between: secrets, each good by itself; `undefined`: its messages are not taken. */
  readonly webhookSecrets: string | undefined;
  /** Whether its channels charge nothing before we confirm. */
  readonly manualConfirm: boolean;
}

export abstract class PortoneConfig {
  /** `undefined`: the settings make no account of PortOne. */
  abstract readonly account: PortoneAccount | undefined;
  abstract readonly apiBaseUrl: string;
  /** Networks its messages may come from; empty allows all. */
  abstract readonly webhookCidrs: readonly string[];
  abstract readonly connectTimeoutMs: number;
  /** From the last byte sent to the head of the answer. */
  abstract readonly answerTimeoutMs: number;
  /** For how long a payment that PortOne has as open, or not at all, may still turn out to be paid. */
  abstract readonly openSeconds: number;
}

/** How T store is asked for transactions, which it blocks merchants for doing too much. */
export abstract class LookupConfig {
  /** All replicas together. */
  abstract readonly perMinute: number;
  /** An answer younger than this is given again. */
  abstract readonly freshSeconds: number;
  /** How old what was told of a payment may be when the period is billed again for which people say that it was not paid. */
  abstract readonly rebillFreshMinutes: number;
  /** How long payments of charges that people ended unpaid are looked up again; 0: not at all. */
  abstract readonly watchDays: number;
}

/** How payments are found out that customers make by paying into an account. */
export abstract class DepositConfig {
  /** How long a deposit must have stayed before it counts: a bank may take it back within minutes. */
  abstract readonly settleDelaySeconds: number;
  /** From one look to the next, until shortly before the account's time is over. */
  abstract readonly lookEverySeconds: number;
  /** How long after its time an account that the gateway still holds open is left so: banks have nights of maintenance. */
  abstract readonly graceSeconds: number;
}

export abstract class RefundConfig {
  /** Refunds sent in a minute by all replicas together; 0 sends none. */
  abstract readonly perMinute: number;
  /** Won a Seoul day above which a second person must release a refund. */
  abstract readonly releaseAboveWon: number;
  /** Refunds a Seoul day above which a second person must release a refund. */
  abstract readonly releaseAboveCount: number;
  /** How long lookups watch a refund whose answer was lost before they say that it did not happen. */
  abstract readonly doubtMinutes: number;
}

/** What needs a second person, beside what has a limit of its own, and who that may be. */
export abstract class ApprovalConfig {
  /** Roles of keys that may approve. */
  abstract readonly roles: readonly string[];
  /** How long something waits for a second person. */
  abstract readonly expiresAfterHours: number;
  /** Whether the bootstrap key, which is nobody's in particular, counts as a second person. */
  abstract readonly byBootstrapKey: boolean;
  /** Whether saying what became of a lost answer needs a second person. */
  abstract readonly ofDoubt: boolean;
  /** Whether deciding on a discrepancy against the evidence needs a second person. */
  abstract readonly ofDecisions: boolean;
  /** Whether letting go on what a line stop about money parks needs a second person. */
  abstract readonly ofStops: boolean;
}

export abstract class NotificationConfig {
  /** Networks notifications may come from; empty allows all. */
  abstract readonly allowedCidrs: readonly string[];
  /** Questions to PNS in a minute, by all replicas together, about what did not come to a waiting job's own address. */
  abstract readonly questionsPerMinute: number;
  /** Kilobytes, each message at least one, that one source may have stored in a day by this process; 0 is no limit. */
  abstract readonly sourceKilobytesPerDay: number;
  /** How long what PNS disowned, or nobody could verify, is kept. */
  abstract readonly retentionDays: number;
}

export abstract class EvidenceConfig {
  /** How long it is kept what went over the wire for money. */
  abstract readonly retentionDays: number;
}

export abstract class TieOutConfig {
  /** When the day before is held against the gateways' lists, in Asia/Seoul; `undefined`: only when somebody asks. */
  abstract readonly cron: string | undefined;
  /** After so many days it is done again, for the payouts; 0: it is not. */
  abstract readonly againAfterDays: number;
}

/** Which billing runs a person must confirm. */
export interface ConfirmRule {
  /** So many times the usual is too large or too dear; 0 never asks. */
  factor: number;
  /** Runs of no more charges than this are never too large. */
  minCharges: number;
  /** Runs of no more won than this are never too dear. */
  minAmount: number;
}

/** Which uploads a second person must look at; those of a day count together. */
export interface ConfirmUploadRule extends ConfirmRule {
  /** A charge above this for a product nobody knows the usual amount of is too dear. */
  chargeAmount: number;
  /** From so many charges on that repeat others just made, by billing token, product and amount; 0 never asks. */
  repeatedCharges: number;
  /** When they are at least so many of a hundred of its charges, or more than `minCharges`. */
  repeatedPercent: number;
}

/** What follows a declined charge. */
export interface RetryPolicy {
  /** Days from each decline to the next attempt, in order; after the last of them nothing more is tried. */
  days: readonly number[];
  /** Result codes of the gateway that no later attempt would change. */
  neverCodes: readonly string[];
  /** What becomes of a subscription when nothing more is tried. */
  exhausted: RetryExhausted;
}

export abstract class BillingConfig {
  /** When billing runs are planned, in Asia/Seoul; `undefined`: only when somebody asks for one. */
  abstract readonly cron: string | undefined;
  abstract readonly tickSeconds: number;
  /** How long a claimed job stays with a replica that says nothing more. */
  abstract readonly leaseSeconds: number;
  /** Of each step that waits for a gateway: pieces at work at once in this process. */
  abstract readonly gatewayWidth: number;
  /** Payments of an account that are sent in a minute by a call of their own, over all replicas. */
  abstract readonly paymentsPerMinute: number;
  /** After so many failures in a row of a job's stage, or refused result files, a person is told. */
  abstract readonly alarmAfterFailures: number;
  /** How long a submission may be in doubt before a person is told. */
  abstract readonly inDoubtAlarmMinutes: number;
  abstract readonly jobMaxRows: number;
  abstract readonly retry: RetryPolicy;
  abstract readonly confirm: ConfirmRule;
  abstract readonly confirmUpload: ConfirmUploadRule;
  /** Whether a job with open discrepancies waits as a whole, or only its discrepant lines do. */
  abstract readonly holdOnDiscrepancy: boolean;
}

export abstract class ClockConfig {
  /** Where the simulator tells its time, for a process that lives by it; `undefined`: this machine's clock. */
  abstract readonly followedUrl: string | undefined;
}

export abstract class LoggingConfig {
  abstract readonly level: LogLevel;
  /** `undefined`: standard output only. */
  abstract readonly directory: string | undefined;
  abstract readonly retentionDays: number;
}

/** Everything the environment says, typed, checked and grouped by who needs it. */
export interface Configuration {
  roles: ReadonlySet<Role>;
  deployment: DeploymentConfig;
  http: HttpConfig;
  database: DatabaseConfig;
  storage: StorageConfig;
  encryption: EncryptionConfig;
  admin: AdminConfig;
  checkout: CheckoutConfig;
  tstore: TstoreConfig;
  toss: TossConfig;
  kakaopay: KakaopayConfig;
  portone: PortoneConfig;
  lookup: LookupConfig;
  deposit: DepositConfig;
  refund: RefundConfig;
  approval: ApprovalConfig;
  notification: NotificationConfig;
  evidence: EvidenceConfig;
  tieOut: TieOutConfig;
  billing: BillingConfig;
  clock: ClockConfig;
  logging: LoggingConfig;
}
