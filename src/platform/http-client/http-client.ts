import { Agent as HttpAgent, request as httpRequest, validateHeaderName, validateHeaderValue } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { Readable } from 'node:stream';
import axios, { type AxiosRequestConfig } from 'axios';
import { AnswerBody, BodyInterruptedError } from './answer-body';
import { ExchangeWatch } from './exchange-watch';
import type { Answered, HttpOutcome, HttpRequest, HttpTimeouts } from './http-exchange';

/** A JSON answer of these APIs has some hundred bytes; a megabyte is room for any change and no danger to memory. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Shorter than the five seconds after which common servers close a kept connection by themselves. */
const KEPT_CONNECTION_IDLE_MS = 4_000;
const KEPT_CONNECTIONS = 8;

/** Whose requests these are, for those who read the other side's logs. */
const USER_AGENT = 'tstore-merchant-billing';

type OnResponse = (response: IncomingMessage) => void;

/**
 * Outgoing HTTP: streams both ways, follows nothing, unpacks nothing, throws for no fault of the network.
 *
 * Every status is an answer; what it means is the caller's to say.
 */
export class HttpClient {
  private readonly kept = {
    httpAgent: new HttpAgent({ keepAlive: true, timeout: KEPT_CONNECTION_IDLE_MS, maxFreeSockets: KEPT_CONNECTIONS }),
    httpsAgent: new HttpsAgent({ keepAlive: true, timeout: KEPT_CONNECTION_IDLE_MS, maxFreeSockets: KEPT_CONNECTIONS }),
  };
  private readonly fresh = {
    httpAgent: new HttpAgent({ keepAlive: false }),
    httpsAgent: new HttpsAgent({ keepAlive: false }),
  };

  constructor(private readonly timeouts: HttpTimeouts) {}

  /**
   * Sends a request. The body of the answer must be read to its end or destroyed; it fails with
   * {@link BodyInterruptedError}.
   *
   * @throws {TypeError} when a header can't be sent as it stands; nothing was sent then
   */
  async send(request: HttpRequest): Promise<HttpOutcome<Readable>> {
    const watch = new ExchangeWatch(this.timeouts, request.signal, request.withinMs);
    const startedAt = performance.now();
    const body = request.body instanceof Readable ? watch.tapped(request.body) : request.body;
    try {
      requireSendable(request.headers);
      const response = await axios.request<IncomingMessage>(this.axiosRequest(request, body, watch));
      const leftMs = request.withinMs === undefined ? undefined : request.withinMs - (performance.now() - startedAt);
      return this.answered(request, response.data, watch, leftMs);
    } catch (error) {
      letGo(request.body);
      if (error instanceof UnsendableHeaderError) throw error;
      return watch.unanswered(error);
    }
  }

  /** Sends a request whose answer is small, and reads it: see {@link readWhole}. */
  async sendForBytes(request: HttpRequest, maxBytes = MAX_ANSWER_BYTES): Promise<HttpOutcome<Buffer>> {
    const outcome = await this.send(request);
    return outcome.kind === 'unanswered' ? outcome : this.readWhole(outcome, maxBytes);
  }

  /** Reads the body of an answer as a whole: at most `maxBytes`, all of it within the answer time-out from now. */
  async readWhole(answer: Answered<Readable>, maxBytes = MAX_ANSWER_BYTES): Promise<HttpOutcome<Buffer>> {
    const { body } = answer;
    const timer = setTimeout(() => body.destroy(new BodyInterruptedError('answer-timeout')), this.timeouts.answerMs);
    try {
      return { ...answer, body: await readAll(body, maxBytes) };
    } catch (error) {
      const reason = error instanceof BodyInterruptedError ? error.reason : 'connection-lost';
      return { kind: 'unanswered', reason, code: undefined, mayHaveArrived: true };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the kept connections. */
  close(): void {
    for (const agents of [this.kept, this.fresh]) {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    }
  }

  private answered(
    request: HttpRequest,
    message: IncomingMessage,
    watch: ExchangeWatch,
    leftMs: number | undefined,
  ): Answered<Readable> {
    const body = new AnswerBody(message, this.timeouts.idleMs, request.signal, leftMs);
    // An answer may come before the request was read; nobody will read the rest.
    body.once('close', () => letGo(request.body));
    return {
      kind: 'answered',
      status: message.statusCode ?? 0,
      headers: message.headers,
      body,
      requestComplete: watch.requestComplete,
    };
  }

  private axiosRequest(
    request: HttpRequest,
    body: Readable | string | undefined,
    watch: ExchangeWatch,
  ): AxiosRequestConfig {
    return {
      ...(request.freshConnection === true ? this.fresh : this.kept),
      adapter: 'http',
      method: request.method,
      url: request.url,
      // Anything is accepted and then judged: a server that labels JSON otherwise must not answer 406 after it has acted.
      headers: { Accept: '*/*', 'Accept-Encoding': 'identity', 'User-Agent': USER_AGENT, ...request.headers },
      data: body,
      ...(request.signal && { signal: request.signal }),
      transport: {
        request(options: RequestOptions, onResponse: OnResponse): ClientRequest {
          const secure = options.protocol === 'https:';
          const sent = (secure ? httpsRequest : httpRequest)(options, onResponse);
          watch.watch(sent, secure);
          return sent;
        },
      },
      responseType: 'stream',
      // Following redirects would need the whole upload in memory, to send it again.
      maxRedirects: 0,
      maxBodyLength: -1,
      maxContentLength: -1,
      decompress: false,
      // Only the configuration reads the environment; axios would take a proxy from it.
      proxy: false,
      timeout: 0,
      validateStatus: () => true,
      transformRequest: [(content: unknown) => content],
      transformResponse: [(content: unknown) => content],
    };
  }
}

/** A header holds characters that HTTP can't carry, or that would begin another header. */
export class UnsendableHeaderError extends TypeError {
  override readonly name = 'UnsendableHeaderError';

  constructor(header: string) {
    super(`the value of the header ${header} can't be sent`);
  }
}

function requireSendable(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw new UnsendableHeaderError(name);
    }
  }
}

function letGo(body: Readable | string | undefined): void {
  if (body instanceof Readable) body.destroy();
}

async function readAll(body: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new BodyInterruptedError('answer-too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
