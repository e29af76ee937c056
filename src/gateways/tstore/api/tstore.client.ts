import { Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { TstoreConfig } from '../../../config';
import { Clock } from '../../../platform/clock';
import { HttpClient, type HttpOutcome, type HttpRequest } from '../../../platform/http-client';
import { readToken, type ClientCredentials, type IssuedToken } from './access-token';
import type { GatewayAnswer } from '../../gateway';
import { unansweredAs, unknown, type ReadMembers } from '../../reading';
import { readAnswer } from './read-answer';
import { readRefund, writeRefund, type RefundOrder, type RefundReceipt } from './refund';
import { peek, type ResultDownload } from './result-download';
import { usualResultFileBytes } from '../result-file/result-file-rules';
import { readReceipt, requireHeaderTexts, type Submission, type SubmissionReceipt } from './submission';
import { readTransaction, type GatewayTransaction } from './transaction';
import { TstoreCalls, type TstoreOperation } from './tstore-calls';
import {
  readVerification,
  writeVerification,
  type ReceivedNotification,
  type VerificationReceipt,
} from './verification';
import { BULK_JOB_LISTENER_TYPE, REQUEST_FILE_CONTENT_TYPE, TSTORE_PATHS } from '../wire';

/** The labels of the official client, which T store's servers have always been sent. */
const JSON_TYPE = 'application/json; charset=UTF-8';
const FORM_TYPE = 'application/x-www-form-urlencoded; charset=ISO-8859-1';
/** A longer one of Node's would run out at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The T store Payment Open API: one method a call, each answering success, refused or unknown, never throwing for what
 * the network or the gateway does. Nothing is repeated here, no token renewed, nothing recorded: that is for the features.
 */
@Injectable()
export class TstoreClient implements OnApplicationShutdown {
  private readonly http: HttpClient;
  private readonly refusalCodes: ReadonlySet<string>;

  constructor(
    private readonly config: TstoreConfig,
    private readonly clock: Clock,
    /** Without it nobody is told, such as where the wire alone is looked at. */
    @Optional() private readonly calls?: TstoreCalls,
  ) {
    this.http = new HttpClient({
      connectMs: config.connectTimeoutMs,
      answerMs: config.answerTimeoutMs,
      idleMs: config.idleTimeoutMs,
    });
    this.refusalCodes = new Set(config.refusalCodes);
  }

  /** Not earlier: it cuts what is under way, and steps finish what they have in hand before this. */
  onApplicationShutdown(): void {
    this.http.close();
  }

  /** Asks for a new access token of a client. */
  async requestToken(
    { clientId, clientSecret }: ClientCredentials,
    signal?: AbortSignal,
  ): Promise<GatewayAnswer<IssuedToken>> {
    const credentials = Buffer.from(`${clientId}:${clientSecret}`, 'utf8').toString('base64');
    const requestedAt = this.clock.now();
    const outcome = await this.observe('token', () =>
      this.http.sendForBytes({
        method: 'POST',
        url: this.config.authBaseUrl + TSTORE_PATHS.token,
        headers: { Authorization: `BASIC ${credentials}`, 'Content-Type': FORM_TYPE },
        body: 'grant_type=client_credentials',
        ...(signal && { signal }),
      }),
    );
    const secrets = [credentials, clientSecret];
    return this.read(outcome, (members, show) => readToken(members, requestedAt, show), secrets);
  }

  /**
   * Submits a request file, streamed. There is no idempotency key: after `unknown` with `mayHaveArrived` it must not be
   * submitted again by itself.
   *
   * @throws {RangeError} when a header can't be sent as it stands; nothing was sent then
   */
  async submit(submission: Submission, accessToken: string): Promise<GatewayAnswer<SubmissionReceipt>> {
    const { headers, content, byteCount, signal } = submission;
    try {
      requireHeaderTexts(headers);
    } catch (error) {
      content.destroy();
      throw error;
    }
    const outcome = await this.observe('submit', () =>
      this.http.sendForBytes({
        method: 'POST',
        url: this.config.apiBaseUrl + TSTORE_PATHS.submit,
        headers: { ...bearer(accessToken), ...headers, 'Content-Type': REQUEST_FILE_CONTENT_TYPE },
        body: content,
        freshConnection: true,
        ...(byteCount !== undefined && { withinMs: this.transferMs(byteCount) }),
        ...(signal && { signal }),
      }),
    );
    const answer = this.read(outcome, readReceipt, [accessToken]);
    if (answer.kind === 'success' && outcome.kind === 'answered' && !outcome.requestComplete) {
      return unknown('answered-early', `job ${answer.value.gatewayJobId} was named before the whole file was sent`);
    }
    return answer;
  }

  /**
   * Fetches a job's result file, as a stream. Only after a verified completion does the gateway have one.
   *
   * @param options.rows how many are expected, which says how long the whole file may take; without it there is no limit
   */
  async downloadResult(
    gatewayJobId: string,
    accessToken: string,
    { rows, signal }: { rows?: number; signal?: AbortSignal } = {},
  ): Promise<GatewayAnswer<ResultDownload>> {
    const outcome = await this.observe('download-result', () =>
      this.http.send({
        method: 'GET',
        url: `${this.config.apiBaseUrl}${TSTORE_PATHS.job}/${pathSegment(gatewayJobId)}`,
        headers: bearer(accessToken),
        ...(rows !== undefined && { withinMs: this.transferMs(usualResultFileBytes(rows)) }),
        ...(signal && { signal }),
      }),
    );
    if (outcome.kind === 'unanswered') return unansweredAs(outcome);
    const peeked = outcome.status === 200 ? await peek(outcome) : ({ kind: 'message', answer: outcome } as const);
    if (peeked.kind === 'file') return { kind: 'success', value: peeked.download };
    if (peeked.kind === 'empty') return unknown('unreadable-answer', 'HTTP 200 without a file');
    if (peeked.kind === 'interrupted') return unansweredAs(peeked.outcome);
    return this.read<ResultDownload>(await this.http.readWhole(peeked.answer), () => undefined, [accessToken]);
  }

  /** Looks a payment up. The gateway may block clients that do so excessively: the caller keeps the pace. */
  async transaction(transactionId: string, accessToken: string): Promise<GatewayAnswer<GatewayTransaction>> {
    const outcome = await this.observe('transaction', () =>
      this.http.sendForBytes({
        method: 'GET',
        url: `${this.config.apiBaseUrl}${TSTORE_PATHS.transaction}/${pathSegment(transactionId)}`,
        headers: bearer(accessToken),
      }),
    );
    return this.read(outcome, (members, show) => readTransaction(members, transactionId, show), [accessToken]);
  }

  /** Refunds a payment or a part of it. Like a submission, not to be repeated after `unknown`. */
  async refund(order: RefundOrder, accessToken: string): Promise<GatewayAnswer<RefundReceipt>> {
    const outcome = await this.observe('refund', () =>
      this.http.sendForBytes({
        ...jsonRequest(this.config.apiBaseUrl + TSTORE_PATHS.refund, writeRefund(order), accessToken),
        freshConnection: true,
      }),
    );
    const secrets = [accessToken, order.payerAuthKey ?? ''];
    return this.read(outcome, (members, show) => readRefund(members, order.transactionId, show), secrets);
  }

  /** Asks PNS whether a notification is its own; may be repeated at will. */
  async verify(
    notification: ReceivedNotification,
    accessToken: string,
    listenerType: string = BULK_JOB_LISTENER_TYPE,
  ): Promise<GatewayAnswer<VerificationReceipt>> {
    const body = writeVerification(notification, listenerType);
    const request = jsonRequest(this.config.pnsBaseUrl + TSTORE_PATHS.verify, body, accessToken);
    return this.read(await this.observe('verify', () => this.http.sendForBytes(request)), readVerification, [
      accessToken,
    ]);
  }

  private observe<Body>(
    operation: TstoreOperation,
    call: () => Promise<HttpOutcome<Body>>,
  ): Promise<HttpOutcome<Body>> {
    return this.calls?.observe(operation, call) ?? call();
  }

  private read<T>(outcome: HttpOutcome<Buffer>, read: ReadMembers<T>, secrets: readonly string[]): GatewayAnswer<T> {
    return readAnswer(outcome, read, { refusalCodes: this.refusalCodes, secrets });
  }

  /** How long a file of so many bytes may take as a whole; a small one, as long as any other answer. */
  private transferMs(byteCount: number): number {
    const { connectTimeoutMs, answerTimeoutMs, idleTimeoutMs, leastBytesPerSecond } = this.config;
    const longestPausesMs = connectTimeoutMs + answerTimeoutMs + idleTimeoutMs;
    return Math.min(longestPausesMs + Math.ceil((byteCount / leastBytesPerSecond) * 1000), LONGEST_TIMER_MS);
  }
}

function bearer(accessToken: string): { Authorization: string } {
  return { Authorization: `Bearer ${accessToken}` };
}

function jsonRequest(url: string, body: object, accessToken: string): HttpRequest {
  return {
    method: 'POST',
    url,
    headers: { ...bearer(accessToken), 'Content-Type': JSON_TYPE },
    body: JSON.stringify(body),
  };
}

/** @throws {RangeError} on an id that would lead to another path however it is encoded */
function pathSegment(id: string): string {
  if (id === '' || id === '.' || id === '..') throw new RangeError('the id can’t stand in a path');
  return encodeURIComponent(id);
}
