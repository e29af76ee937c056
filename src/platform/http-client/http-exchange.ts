import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** The three silences an exchange is ended for, each measured by itself. */
export interface HttpTimeouts {
  /** From the call to a connection that can carry the request, name look-up and TLS included. */
  connectMs: number;
  /** From the last byte sent to the head of the answer. */
  answerMs: number;
  /** Longest silence in the middle of a body, either way. */
  idleMs: number;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** Absolute. */
  url: string;
  /** Sent as they are written here. */
  headers: Readonly<Record<string, string>>;
  /** A stream is sent chunked and belongs to the call: it is destroyed, whatever the outcome. */
  body?: string | Readable;
  /**
   * Makes a connection for this request alone. For what must not be repeated: a kept connection that the server has
   * just closed fails after the request left, and then nobody knows whether it arrived.
   */
  freshConnection?: boolean;
  /**
   * The longest the whole exchange may take, from the call to the last byte of the answer, in milliseconds. The silences
   * of {@link HttpTimeouts} end what stops; this ends what never does, a byte at a time.
   */
  withinMs?: number;
  signal?: AbortSignal;
}

export interface Answered<Body> {
  kind: 'answered';
  status: number;
  headers: IncomingHttpHeaders;
  body: Body;
  /** Whether the whole request had been handed over when the answer's head came. */
  requestComplete: boolean;
}

export type UnansweredReason =
  | 'connect-timeout'
  | 'answer-timeout'
  | 'idle-timeout'
  /** Not at its end within the time for the whole exchange. */
  | 'too-slow'
  | 'connection-failed'
  /** Reached, but no TLS came about: its certificate is not trusted, or it speaks no TLS. */
  | 'tls-failed'
  | 'connection-lost'
  | 'not-http'
  | 'answer-too-large'
  | 'request-body-failed'
  | 'aborted';

export interface Unanswered {
  kind: 'unanswered';
  reason: UnansweredReason;
  /** The system's code of the fault, such as `ECONNRESET`; never anything of the request. */
  code: string | undefined;
  /** `false` only if it is certain that nothing of the request left this process. */
  mayHaveArrived: boolean;
}

/** What became of a request. A network fault is a value like any other, because money may hang on it. */
export type HttpOutcome<Body> = Answered<Body> | Unanswered;
