import type { ClientRequest } from 'node:http';
import { Transform, pipeline, type Readable } from 'node:stream';
import { codeOf } from '../../kernel/errors';
import type { HttpTimeouts, Unanswered, UnansweredReason } from './http-exchange';
import { SilenceTimer } from './silence-timer';

/** As OpenSSL and Node call what is wrong with a certificate, or with a server that speaks no TLS. */
const TLS_FAULT =
  /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA)/;

/**
 * Watches one request from the call to the head of its answer: ends it when a phase takes too long, and remembers what a
 * failure will have to be called. axios has one time-out for everything, which would also end a long, busy body.
 */
export class ExchangeWatch {
  /** Whether all of the request had been handed over when the answer's head came. */
  requestComplete = false;

  private request: ClientRequest | undefined;
  private timer: SilenceTimer | undefined;
  private limit: SilenceTimer | undefined;
  private connected = false;
  private failure: UnansweredReason | undefined;

  constructor(
    private readonly timeouts: HttpTimeouts,
    private readonly signal: AbortSignal | undefined,
    private readonly withinMs: number | undefined,
  ) {}

  /**
   * The body to send in place of another: the same bytes, and each of them a sign of life. To listen on the body itself
   * would make it flow on into nothing when the request has ended.
   */
  tapped(body: Readable): Readable {
    const tap = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        if (this.connected) this.timer?.refresh();
        done(null, chunk);
      },
    });
    // Nothing else gives the tap an error; when the request ends, it is destroyed without one.
    tap.once('error', () => this.fail('request-body-failed'));
    pipeline(body, tap, () => undefined);
    return tap;
  }

  /** @param request just made; nothing of it has happened yet */
  watch(request: ClientRequest, secure: boolean): void {
    this.request = request;
    if (this.withinMs !== undefined) this.limit = this.endAfter(this.withinMs, 'too-slow');
    this.expect(this.timeouts.connectMs, 'connect-timeout');
    request.once('socket', (socket) => {
      if (request.reusedSocket) this.uploading();
      else socket.once(secure ? 'secureConnect' : 'connect', () => this.uploading());
    });
    request.once('finish', () => this.expect(this.timeouts.answerMs, 'answer-timeout'));
    request.once('response', () => this.answering());
    request.once('close', () => this.disarm());
  }

  /** @param error what axios threw */
  unanswered(error: unknown): Unanswered {
    this.disarm();
    const code = codeOf(error);
    return { kind: 'unanswered', reason: this.reasonOf(code), code, mayHaveArrived: this.connected };
  }

  private uploading(): void {
    this.connected = true;
    if (this.request?.writableFinished === true) this.expect(this.timeouts.answerMs, 'answer-timeout');
    else this.expect(this.timeouts.idleMs, 'idle-timeout');
  }

  private answering(): void {
    this.disarm();
    this.requestComplete = this.request?.writableEnded === true;
  }

  private expect(withinMs: number, otherwise: UnansweredReason): void {
    this.timer?.clear();
    this.timer = this.endAfter(withinMs, otherwise);
  }

  private endAfter(ms: number, reason: UnansweredReason): SilenceTimer {
    return new SilenceTimer(ms, () => {
      this.fail(reason);
      this.request?.destroy();
    });
  }

  private disarm(): void {
    this.timer?.clear();
    this.limit?.clear();
  }

  private fail(reason: UnansweredReason): void {
    this.failure ??= reason;
  }

  private reasonOf(code: string | undefined): UnansweredReason {
    if (this.failure !== undefined) return this.failure;
    if (this.signal?.aborted === true) return 'aborted';
    if (!this.connected) return code !== undefined && TLS_FAULT.test(code) ? 'tls-failed' : 'connection-failed';
    return code?.startsWith('HPE_') === true ? 'not-http' : 'connection-lost';
  }
}
