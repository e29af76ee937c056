import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';

/** No JSON body of this API comes near this. */
const JSON_BODY_LIMIT_BYTES = 64 * 1024;

/** One call being answered: the request, the answer, and what the log will say about it. */
export class Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly faults: string[] = [];
  note = '';
  private wasCut = false;
  private readonly startedRealMs = performance.now();

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
  ) {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    this.method = request.method ?? '';
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  }

  header(name: string): string {
    const value = this.request.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(',') : (value ?? '');
  }

  get durationMs(): number {
    return Math.round(performance.now() - this.startedRealMs);
  }

  get status(): number | null {
    return this.wasCut ? null : this.response.statusCode;
  }

  /** Null when the body is larger than any honest one; what remains is still read. */
  async readText(): Promise<string | null> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= JSON_BODY_LIMIT_BYTES) chunks.push(chunk);
    }
    return size <= JSON_BODY_LIMIT_BYTES ? Buffer.concat(chunks).toString('utf8') : null;
  }

  /** Reads and forgets the rest of the request: an answer sent before that is lost on T store's official client. */
  async drain(): Promise<void> {
    if (this.request.readableEnded || this.request.destroyed) return;
    this.request.resume();
    await finished(this.request, { writable: false });
  }

  json(status: number, body: object): void {
    if (this.wasCut || this.response.headersSent) return;
    const bytes = Buffer.from(JSON.stringify(body), 'utf8');
    this.response.writeHead(status, {
      'Content-Type': 'application/json;charset=UTF-8',
      'Content-Length': bytes.length,
    });
    this.response.end(bytes);
  }

  /** Ends the connection without an answer, or in the middle of one. */
  cut(): void {
    this.wasCut = true;
    this.request.socket.destroy();
  }
}
