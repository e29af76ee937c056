import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** A listener that pours out more than this is not answering. */
const ANSWER_LIMIT_BYTES = 64 * 1024;

/** A list of values is a header that comes more than once. */
export type PostHeaders = Readonly<Record<string, string | string[]>>;

export interface PostSettings {
  answerTimeoutMs: number;
  /** Sends to listeners whose certificate can't be verified. */
  insecureTls: boolean;
}

/** What came back: an answer, or why there was none. */
export type PostAnswer = { status: number; text: string } | { failure: string };

/** One POST to a merchant, on a connection of its own; waits real time for the whole answer. */
export function post(url: string, headers: PostHeaders, body: string, settings: PostSettings): Promise<PostAnswer> {
  return new Promise((resolve) => {
    const bytes = Buffer.from(body, 'utf8');
    const isHttps = url.startsWith('https:');
    const request = (isHttps ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      headers: { 'Content-Length': bytes.length, Connection: 'close', ...headers },
      agent: false,
      ...(isHttps ? { rejectUnauthorized: !settings.insecureTls } : {}),
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${settings.answerTimeoutMs} ms`)),
      settings.answerTimeoutMs,
    );
    const settle = (answer: PostAnswer): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    const fail = (error: Error): void => settle({ failure: error.message || error.name });
    request.on('error', fail);
    request.on('response', (response) => {
      readAnswer(response).then((text) => settle({ status: response.statusCode ?? 0, text }), fail);
    });
    request.end(bytes);
  });
}

async function readAnswer(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > ANSWER_LIMIT_BYTES) throw new Error('answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
