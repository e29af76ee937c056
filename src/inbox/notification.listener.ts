import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Counter } from 'prom-client';
import { NotificationConfig } from '../config';
import { Clock } from '../platform/clock';
import { plainAddress } from '../platform/http-server';
import { Logger } from '../platform/logging';
import { Metrics } from '../platform/metrics';
import type { Arrival } from './arrival';
import { ArrivalQueue } from './arrival.queue';
import {
  FORBIDDEN,
  MALFORMED,
  NOT_STORED,
  STORED,
  TOO_LARGE,
  TOO_MUCH,
  WRONG_METHOD,
  type ListenerAnswer,
} from './listener.answers';
import { messageKey, readMessage, sha256, type NotificationMessage } from './notification-message';
import { SourceAllowance } from './source-allowance';
import { SourceNetworks } from './source-networks';

/** A notification has five short members; everything longer is not one. */
const BODY_LIMIT_BYTES = 16 * 1024;
const CONTENT_TYPE_LIMIT = 200;
const LOGGED_BODY_LIMIT = 512;

const PATHS = ['/noti_listener', '/noti_listener/:callbackToken'];

type Request = FastifyRequest<{ Params: { callbackToken?: string } }>;

/**
 * Where PNS sends its notifications. Does one durable insert and answers; whether the message is true is asked later
 * and elsewhere, because PNS waits only 10 s and a stranger may have sent it.
 *
 * A Fastify plugin and no Nest controller, so that it has body parsers, limits and error answers of its own.
 */
@Injectable()
export class NotificationListener implements OnModuleInit {
  private readonly networks: SourceNetworks;
  private readonly allowance: SourceAllowance;
  private readonly log: Logger;
  private readonly received: Counter<'answer'>;

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly queue: ArrivalQueue,
    private readonly clock: Clock,
    config: NotificationConfig,
    logger: Logger,
    metrics: Metrics,
  ) {
    this.networks = new SourceNetworks(config.allowedCidrs);
    this.log = logger.child({ component: 'notification-listener' });
    this.allowance = new SourceAllowance(config.sourceKilobytesPerDay, this.log);
    this.received = metrics.counter({
      name: 'notification_received_total',
      help: 'Requests to the notification listener, by the HTTP status they were answered with',
      labelNames: ['answer'],
    });
  }

  onModuleInit(): void {
    const fastify = this.http.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register((plugin, _options, done) => {
      this.addRoutes(plugin);
      done();
    });
  }

  private addRoutes(plugin: FastifyInstance): void {
    plugin.removeAllContentTypeParsers();
    plugin.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    plugin.decorateRequest('sentContentType', null);
    plugin.addHook('onRequest', (request, reply, done) => this.admit(request, reply, done));
    plugin.setErrorHandler<FastifyError>((error, request, reply) =>
      this.answer(reply, this.answerToFault(error, request)),
    );
    const methods = plugin.supportedMethods as HTTPMethods[];
    for (const url of PATHS) {
      plugin.route<{ Params: { callbackToken?: string } }>({
        method: methods,
        url,
        handler: (request, reply) => this.receive(request, reply),
      });
    }
  }

  private admit(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    if (request.method !== 'POST') {
      reply.header('allow', 'POST');
      this.answer(reply, WRONG_METHOD);
      return;
    }
    if (!this.networks.allows(plainAddress(request.ip))) {
      this.answer(reply, FORBIDDEN);
      return;
    }
    // Fastify refuses types it can't parse ("json" is enough); ours are read whatever they are labelled.
    const { headers } = request.raw;
    request.setDecorator('sentContentType', headers['content-type'] ?? null);
    delete headers['content-type'];
    done();
  }

  private async receive(request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const message = readMessage(body);
    if (message === undefined) {
      this.logRefused(request, body);
      return this.answer(reply, MALFORMED);
    }
    const arrival = this.arrivalOf(request, message, body);
    if (!this.allowance.takes(arrival)) return this.answer(reply, TOO_MUCH);
    try {
      await this.queue.add(arrival);
    } catch {
      // The queue has logged why, once for all that failed together.
      return this.answer(reply, NOT_STORED);
    }
    return this.answer(reply, STORED);
  }

  private arrivalOf(request: Request, message: NotificationMessage, body: Buffer): Arrival {
    const { callbackToken } = request.params;
    const callbackTokenHash = callbackToken ? sha256(callbackToken) : null;
    return {
      key: messageKey(callbackTokenHash, message, body),
      callbackTokenHash,
      ...message,
      body,
      contentType: sentContentType(request)?.slice(0, CONTENT_TYPE_LIMIT) ?? null,
      sourceAddress: plainAddress(request.ip) ?? plainAddress(request.socket.remoteAddress ?? ''),
      receivedAt: this.clock.now(),
    };
  }

  private answer(reply: FastifyReply, { status, body }: ListenerAnswer): FastifyReply {
    this.received.inc({ answer: String(status) });
    return reply.status(status).type('application/json').send(body);
  }

  private answerToFault(error: FastifyError, request: FastifyRequest): ListenerAnswer {
    if (error.statusCode === TOO_LARGE.status) return TOO_LARGE;
    if (error.statusCode !== undefined && error.statusCode < 500) {
      this.log.debug('notification not readable', { requestId: request.id, reason: error.message });
      return MALFORMED;
    }
    this.log.error('notification listener failed', { requestId: request.id, error });
    return NOT_STORED;
  }

  private logRefused(request: Request, body: Buffer): void {
    this.log.warn('malformed notification refused', {
      requestId: request.id,
      source: request.ip,
      contentType: sentContentType(request)?.slice(0, CONTENT_TYPE_LIMIT),
      bytes: body.length,
      body: body.toString('utf8', 0, LOGGED_BODY_LIMIT),
    });
  }
}

function sentContentType(request: FastifyRequest): string | null {
  return request.getDecorator<string | null>('sentContentType');
}
