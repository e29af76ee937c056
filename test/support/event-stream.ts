import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { JsonBody } from './billing-world';
import { until } from './until';

export interface ReadEvent {
  id: string;
  name: string;
  order: JsonBody;
}

/** A stream of Server-Sent Events as a browser reads it. */
export class EventStream {
  readonly events: ReadEvent[] = [];
  /** Milliseconds after which the browser would come back. */
  retryMs: number | undefined;
  /** Comments, by which the other end says that it is there. */
  beats = 0;
  hasEnded = false;
  private text = '';
  private taken = 0;

  private constructor(
    private readonly answer: IncomingMessage,
    /** What was answered that is no stream. */
    readonly problem: JsonBody,
  ) {
    answer.on('data', (part: string) => this.read(part));
    answer.on('close', () => (this.hasEnded = true));
  }

  /** Opens one and waits for the head of its answer. */
  static async open(url: string, lastEventId?: string): Promise<EventStream> {
    const headers = { Accept: 'text/event-stream', ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }) };
    const [answer] = (await once(get(url, { agent: false, headers }), 'response')) as [IncomingMessage];
    answer.setEncoding('utf8');
    answer.on('error', () => undefined);
    if (answer.headers['content-type']?.startsWith('text/event-stream') === true)
      return new EventStream(answer, undefined);
    let text = '';
    for await (const part of answer) text += String(part);
    const stream = new EventStream(answer, text === '' ? undefined : JSON.parse(text));
    stream.hasEnded = true;
    return stream;
  }

  get status(): number | undefined {
    return this.answer.statusCode;
  }

  get headers(): IncomingHttpHeaders {
    return this.answer.headers;
  }

  /** The next event that nobody has taken. */
  async next(): Promise<ReadEvent> {
    const event = await until('there is an event', () => Promise.resolve(this.events[this.taken]));
    this.taken += 1;
    return event;
  }

  /** Takes events up to the first in which the order is in this state. @returns it */
  async reaching(state: string): Promise<ReadEvent> {
    for (;;) {
      const event = await this.next();
      if (event.order.state === state) return event;
    }
  }

  async ended(): Promise<void> {
    await until('the stream has ended', () => Promise.resolve(this.hasEnded || undefined));
  }

  /** As a customer does who leaves the page. */
  leave(): void {
    this.answer.destroy();
  }

  private read(part: string): void {
    this.text += part;
    const blocks = this.text.split('\n\n');
    this.text = blocks.pop() ?? '';
    for (const block of blocks) this.take(block);
  }

  private take(block: string): void {
    if (block.startsWith(':')) this.beats += 1;
    const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
    const data = fields.get('data');
    if (fields.has('retry')) this.retryMs = Number(fields.get('retry'));
    if (data === undefined) return;
    this.events.push({ id: fields.get('id') ?? '', name: fields.get('event') ?? '', order: JSON.parse(data) });
  }
}
