import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { RESULT_CODE_SUCCESS } from '../../../src/gateways/tstore/wire';

/** Enough of an answer to see what it was. */
const ANSWER_KEPT_CHARS = 500;
/** A listener that pours out more than this is not answering. */
const ANSWER_LIMIT_BYTES = 64 * 1024;

export interface DeliveryAnswer {
  status: number | null;
  resultCode: string | null;
  answer: string;
  failure: string | null;
}

export interface DeliverySettings {
  answerTimeoutMs: number;
  insecureTls: boolean;
}

/**
 * One POST to the merchant. Delivered means: HTTP 200 with `resultCode` `0000`, read in time
 * (docs/protocol/tstore.md, section 6).
 */
export function deliver(
  url: string,
  contentType: string,
  body: string,
  settings: DeliverySettings,
): Promise<DeliveryAnswer> {
  return new Promise((resolve) => {
    const bytes = Buffer.from(body, 'utf8');
    const isHttps = url.startsWith('https:');
    const headers: Record<string, string | number> = { 'Content-Length': bytes.length, Connection: 'close' };
    if (contentType !== '') headers['Content-Type'] = contentType;
    const request = (isHttps ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      headers,
      agent: false,
      ...(isHttps ? { rejectUnauthorized: !settings.insecureTls } : {}),
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${settings.answerTimeoutMs} ms`)),
      settings.answerTimeoutMs,
    );
    const settle = (answer: DeliveryAnswer): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    const fail = (error: Error): void => {
      settle({ status: null, resultCode: null, answer: '', failure: error.message || error.name });
    };
    request.on('error', fail);
    request.on('response', (response) => {
      readAnswer(response).then((text) => settle(judge(response.statusCode ?? 0, text)), fail);
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

function judge(status: number, text: string): DeliveryAnswer {
  const resultCode = resultCodeOf(text);
  const isGood = status === 200 && resultCode === RESULT_CODE_SUCCESS;
  return {
    status,
    resultCode,
    answer: text.slice(0, ANSWER_KEPT_CHARS),
    failure: isGood ? null : `answered ${status} with resultCode ${resultCode ?? 'unreadable'}`,
  };
}

function resultCodeOf(text: string): string | null {
  try {
    const answer: unknown = JSON.parse(text);
    const code = typeof answer === 'object' && answer !== null && 'resultCode' in answer ? answer.resultCode : null;
    return typeof code === 'string' ? code : null;
  } catch {
    return null;
  }
}
