import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Counter } from 'prom-client';
import { CheckoutConfig } from '../../config';
import { DomainError } from '../../kernel/errors';
import { Checkout, OrderWatch } from '../../order';
import { Lifecycle } from '../../platform/health';
import { plainAddress, senderOf } from '../../platform/http-server';
import { Metrics } from '../../platform/metrics';
import { positionOf, retryOf } from './event-text';
import { LiveStream, type StreamEnd } from './live-stream';
import { Places } from './places';

/** All streams are looked at so often, for what is due; each has its heartbeat when its own time has come. */
const TICK_MS = 1_000;
/** A stream ends after so long, and the browser comes back to whichever process has room; apart, so that not all come at once. */
const MOST_AGE_MS = 30 * 60_000;
const AGE_APART_MS = 5 * 60_000;
/** A browser comes back after so long; apart for the same reason: a process that ends has thousands. */
const RETRY_MS = 1_000;
const RETRY_APART_MS = 3_000;
/** For who is one too many; a stream ends when a page is left. */
const RETRY_AFTER_SECONDS = 15;

/** At the end of the process nobody waits longer for who reads nothing. */
const LAST_READ_MS = 2_000;

/** Said by no other answer: it is never whole, so nobody keeps it, and no proxy holds it back until it is. */
const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

/** The live streams of this process: how many there may be, and when each ends. */
@Injectable()
export class LiveStreams implements BeforeApplicationShutdown {
  private readonly open = new Set<LiveStream>();
  private readonly ofAddresses: Places;
  private readonly ofOrders: Places;
  private readonly ended: Counter<'why'>;
  private readonly refused: Counter<'why'>;
  /** With those that are about to open. */
  private taken = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: CheckoutConfig,
    private readonly checkout: Checkout,
    private readonly watch: OrderWatch,
    private readonly lifecycle: Lifecycle,
    metrics: Metrics,
  ) {
    this.ofAddresses = new Places(config.streamsPerAddress);
    this.ofOrders = new Places(config.streamsPerOrder);
    metrics.gauge({
      name: 'live_streams',
      help: 'Live streams of orders that are open',
      collect: () => this.open.size,
    });
    this.ended = metrics.counter({
      name: 'live_streams_ended_total',
      help: 'Live streams that ended: the order has, the stream is old, we shut down, it was not read, or the customer left',
      labelNames: ['why'],
    });
    this.refused = metrics.counter({
      name: 'live_streams_refused_total',
      help: 'Live streams refused, for there were as many as may be: in all, from the address, or of the order',
      labelNames: ['why'],
    });
    lifecycle.acceptingEnded.addEventListener('abort', () => this.endAll());
  }

  /**
   * Answers with what becomes of an order, from what the browser has not seen yet to the order's end: 204, for ever, where there is
   * nothing more to come.
   *
   * @throws {DomainError} `order-not-found`; `live-status-full`, and `rate-limited` for an address or an order that has too many
   */
  async serve(request: FastifyRequest, reply: FastifyReply, token: string, lastEventId?: string): Promise<void> {
    const leave: (() => void)[] = [];
    const leaveAll = (): void => {
      for (const one of leave.splice(0)) one();
    };
    try {
      this.takePlace(senderOf(plainAddress(request.ip) ?? 'unknown'), leave);
      const order = await this.checkout.order(token);
      this.takePlaceOf(order.id, leave);
      // Whoever asks for the head alone is told it.
      if (request.method === 'HEAD') return void (await reply.headers(STREAM_HEADERS).send());
      const stream = this.streamOn(reply);
      const followed = await this.watch.follow(order, positionOf(lastEventId), (step) => stream.tell(step));
      leave.push(() => followed.stop());
      if (followed.unseen.length === 0 && followed.isOver) return void (await reply.status(204).send());
      if (reply.raw.destroyed) return;
      this.begin(reply, stream, leave.splice(0));
      for (const step of followed.unseen) stream.tell(step);
      // Who still comes while we shut down is told how it stands, and comes to another process next.
      if (this.lifecycle.shuttingDown) stream.end('shutdown');
    } finally {
      leaveAll();
    }
  }

  beforeApplicationShutdown(): void {
    this.endAll();
    clearInterval(this.timer);
  }

  private takePlace(address: string, leave: (() => void)[]): void {
    if (this.taken >= this.config.streams) {
      this.refused.inc({ why: 'full' });
      throw new DomainError('live-status-full', 'No more live streams are held here; ask by GET, or try again later.');
    }
    this.taken += 1;
    leave.push(() => (this.taken -= 1));
    if (!this.ofAddresses.take(address)) throw this.tooMany('address');
    leave.push(() => this.ofAddresses.leave(address));
  }

  private takePlaceOf(orderId: string, leave: (() => void)[]): void {
    if (!this.ofOrders.take(orderId)) throw this.tooMany('order');
    leave.push(() => this.ofOrders.leave(orderId));
  }

  private tooMany(what: 'address' | 'order'): DomainError {
    this.refused.inc({ why: what });
    const message = `Too many live streams of this ${what}; close one, ask by GET, or try again later.`;
    return new DomainError('rate-limited', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }

  private streamOn(reply: FastifyReply): LiveStream {
    const now = performance.now();
    const endsAt = now + MOST_AGE_MS + Math.random() * AGE_APART_MS;
    return new LiveStream(reply.raw, this.config.heartbeatSeconds * 1_000, now, endsAt);
  }

  private begin(reply: FastifyReply, stream: LiveStream, leave: readonly (() => void)[]): void {
    reply.hijack();
    const headers = { ...reply.getHeaders(), ...STREAM_HEADERS } as Record<string, string>;
    // What is kept open for a next request would only keep the process from ending.
    if (this.lifecycle.shuttingDown) headers.connection = 'close';
    reply.raw.writeHead(200, headers);
    this.open.add(stream);
    this.timer ??= setInterval(() => this.beatAll(), TICK_MS).unref();
    reply.raw.once('close', () => {
      this.open.delete(stream);
      for (const one of leave) one();
      this.ended.inc({ why: stream.endedBy ?? ('left' satisfies StreamEnd) });
    });
    stream.write(retryOf(RETRY_MS + Math.random() * RETRY_APART_MS));
  }

  private beatAll(): void {
    const now = performance.now();
    for (const stream of this.open) stream.beat(now);
  }

  private endAll(): void {
    for (const stream of this.open) stream.end('shutdown');
    setTimeout(() => {
      for (const stream of this.open) stream.drop();
    }, LAST_READ_MS).unref();
  }
}
