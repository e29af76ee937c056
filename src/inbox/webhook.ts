import type { IncomingHttpHeaders } from 'node:http';
import type { CredentialSet, GatewayName } from '../gateway-account';

/**
 * How one gateway sends its messages, and the words it is answered in: all that the listener knows of a gateway. It is data
 * and a function that returns at once, made in the gateway's own room from nothing but settings; so the listener calls
 * nobody, whichever gateways there are.
 */
export interface Webhook {
  readonly gateway: GatewayName;
  /** Where its messages come in; parameters as in `/webhooks/:account`. */
  readonly paths: readonly string[];
  /** What is longer is none of its messages. */
  readonly bodyLimitBytes: number;
  /** The networks it sends from; none allows everybody. */
  readonly allowedCidrs: readonly string[];
  readonly answers: WebhookAnswers;
  /** Where its messages are signed: one that is not is answered as malformed, and kept nowhere. Left out: nothing in them is believed. */
  readonly signed?: MessageSignature;
  /** @returns `undefined` for what is none of its messages, whoever sent it */
  read(sent: SentMessage): ReadMessage | undefined;
}

/** How a gateway signs its messages, by secrets of the account that their address names. */
export interface MessageSignature {
  /** Those that may sign, in a set of an account's secrets. */
  readonly secretsIn: (secrets: CredentialSet['secrets']) => readonly string[];
  /** Why it is signed by none of them, in words without a secret; `undefined`: it is. */
  readonly faultOf: (sent: SentMessage, secrets: readonly string[], now: Date) => string | undefined;
}

/** What its sender is told, in the gateway's own words. Only `stored` ends the sending. */
export interface WebhookAnswers {
  readonly stored: WebhookAnswer;
  readonly malformed: WebhookAnswer;
  /** Its address names an account that is none of the gateway's; left out where addresses name none. */
  readonly noSuchAccount?: WebhookAnswer;
  readonly forbidden: WebhookAnswer;
  readonly wrongMethod: WebhookAnswer;
  readonly tooLarge: WebhookAnswer;
  /** More came from its source than is stored in a day. */
  readonly tooMuch: WebhookAnswer;
  /** It may come again. */
  readonly notStored: WebhookAnswer;
}

export interface WebhookAnswer {
  readonly status: number;
  /** JSON, written once: the listener says few things, and often. */
  readonly body: string;
}

/** A request to a webhook, before anybody has understood it. */
export interface SentMessage {
  readonly body: Buffer;
  /** Parameters of the path. */
  readonly parameters: Readonly<Partial<Record<string, string>>>;
  readonly headers: IncomingHttpHeaders;
  /** The same, each as often as it came. */
  readonly distinctHeaders: NodeJS.Dict<string[]>;
}

/** A message as it was understood: nothing in it is trusted before its gateway has confirmed it. */
export interface ReadMessage {
  /** What makes it the same message when it is sent again, among those of its gateway. */
  readonly identity: readonly (string | null)[];
  /** The account it was sent to, if its address says so; what is sent to one that is none of the gateway's is not kept. */
  readonly gatewayAccount: string | null;
  /** SHA-256 of the secret in the address it was sent to. */
  readonly callbackTokenHash: Buffer | null;
  readonly members: NotificationMembers;
  /** Members without a column, as {@link storable} leaves them. */
  readonly otherMembers: Readonly<Record<string, unknown>> | null;
  /** What its signature is made with, beside the body. */
  readonly signedHeaders: Readonly<Record<string, string>> | null;
  /** What it is about, by which its gateway is asked; left out where messages are of jobs. */
  readonly about?: MessageSubject;
  /** The body as it may be kept, where secrets are in it; left out: as it came. */
  readonly keptBody?: Buffer;
}

/** What a message is about, and nothing that it says of it. */
export interface MessageSubject {
  /** Our own name of a payment. */
  readonly orderNo: string | null;
  /** SHA-256 of what tells whether it is genuine: who knows the secret can say so, and who reads this can't. */
  readonly secretHash: Buffer | null;
}

/** The members that messages are found and told apart by; `null` where a gateway's have none such. */
export interface NotificationMembers {
  readonly notifyVersion: string | null;
  readonly event: string | null;
  readonly status: string | null;
  readonly gatewayJobId: string | null;
  readonly updateTime: string | null;
}
