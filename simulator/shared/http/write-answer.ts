import type { AnswerFaultKind, StruckBy } from '../faults/answer-faults';
import { delay } from './delay';
import type { Exchange } from './exchange';

/** An answer as it leaves; an empty text is an empty body. */
export interface SentAnswer {
  status: number;
  text: string;
}

/** A proxy between the merchant and the gateway, speaking for itself. */
const PROXY_PAGE = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

export function writeProxyPage(exchange: Exchange, status: number): void {
  exchange.response.writeHead(status, { 'Content-Type': 'text/html' }).end(PROXY_PAGE);
}

/** Sends the answer as the armed faults want it: not at all, in part, or in small pieces. */
export async function writeAnswer(
  exchange: Exchange,
  { status, text }: SentAnswer,
  contentType: string,
  struck: StruckBy<AnswerFaultKind>,
): Promise<void> {
  const slow = struck('answer-slow');
  if (slow) await delay(slow.number('delayMs'));
  await struck('answer-held')?.disarmed;
  if (struck('answer-lost')) return exchange.cut();
  const bytes = Buffer.from(text, 'utf8');
  const { response } = exchange;
  response.writeHead(status, {
    ...(bytes.length > 0 ? { 'Content-Type': contentType } : {}),
    'Content-Length': bytes.length,
  });
  const truncated = struck('answer-truncated');
  if (truncated) {
    const part = bytes.subarray(0, Math.floor(bytes.length * truncated.number('share')));
    // A part that never left the socket's buffer would look like no answer at all.
    await new Promise<void>((resolve) => response.write(part.length > 0 ? part : ' ', () => resolve()));
    await delay(30);
    return exchange.cut();
  }
  const drip = struck('answer-drip');
  if (drip) {
    const size = Math.max(1, drip.number('bytes'));
    for (let from = 0; from < bytes.length && !response.destroyed; from += size) {
      response.write(bytes.subarray(from, from + size));
      await delay(drip.number('everyMs'));
    }
    response.end();
    return;
  }
  response.end(bytes);
}
