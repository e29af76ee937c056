import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Counter } from 'prom-client';
import { NotificationConfig } from '../config';
import { codeOf } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { plainAddress } from '../platform/http-server';
import { Logger } from '../platform/logging';
import { Metrics } from '../platform/metrics';
import { messageKey, type Arrival } from './arrival';
import { ArrivalQueue } from './arrival.queue';
import { SourceAllowance } from './source-allowance';
import { SourceNetworks } from './source-networks';
import { SigningSecrets } from './signing-secrets';
import type { ReadMessage, SentMessage, Webhook, WebhookAnswer } from './webhook';

const CONTENT_TYPE_LIMIT = 200;
const LOGGED_BODY_LIMIT = 512;

/** Why no message can be to an account. */
const NOT_HERE: ReadonlySet<string> = new Set([
  'gateway-account-not-found',
  'gateway-account-unusable',
  'gateway-not-configured',
]);

type Request = FastifyRequest<{ Params: Partial<Record<string, string>> }>;

/** The ways in which gateways send messages, one a gateway. */
export const WEBHOOKS = Symbol('webhooks');

/**
 * Where gateways send their messages. Does one durable insert and answers; whether the message is true is asked later
 * and elsewhere, because a gateway waits only seconds and a stranger may have sent it.
 *
 * A Fastify plugin for each gateway and no Nest controller, so that each has body parsers, limits and error answers of its own.
 */
@Injectable()
export class NotificationListener implements OnModuleInit {
  private readonly allowance: SourceAllowance;
  private readonly log: Logger;
  private readonly received: Counter<'gateway' | 'answer'>;

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly queue: ArrivalQueue,
    private readonly clock: Clock,
    private readonly secrets: SigningSecrets,
    @Inject(WEBHOOKS) private readonly webhooks: readonly Webhook[],
    config: NotificationConfig,
    logger: Logger,
    metrics: Metrics,
  ) {
    this.log = logger.child({ component: 'notification-listener' });
    this.allowance = new SourceAllowance(config.sourceKilobytesPerDay, this.log);
    this.received = metrics.counter({
      name: 'notification_received_total',
      help: 'Requests to the notification listener, by gateway and the HTTP status they were answered with',
      labelNames: ['gateway', 'answer'],
    });
  }

  onModuleInit(): void {
    const fastify = this.http.httpAdapter.getInstance<FastifyInstance>();
    for (const webhook of this.webhooks) {
      void fastify.register((plugin, _options, done) => {
        this.addRoutes(plugin, webhook);
        done();
      });
    }
  }

  private addRoutes(plugin: FastifyInstance, webhook: Webhook): void {
    const { bodyLimitBytes: bodyLimit } = webhook;
    const networks = new SourceNetworks(webhook.allowedCidrs);
    plugin.removeAllContentTypeParsers();
    plugin.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
    plugin.decorateRequest('sentContentType', null);
    plugin.addHook('onRequest', (request, reply, done) => this.admit(webhook, networks, request, reply, done));
    plugin.setErrorHandler<FastifyError>((error, request, reply) =>
      this.answer(webhook, reply, this.answerToFault(webhook, error, request)),
    );
    const method = plugin.supportedMethods as HTTPMethods[];
    for (const url of webhook.paths) {
      plugin.route<{ Params: Request['params'] }>({
        method,
        url,
        handler: (request, reply) => this.receive(webhook, request, reply),
      });
    }
  }

  private admit(
    webhook: Webhook,
    networks: SourceNetworks,
    request: FastifyRequest,
    reply: FastifyReply,
    done: () => void,
  ): void {
    if (request.method !== 'POST') {
      reply.header('allow', 'POST');
      this.answer(webhook, reply, webhook.answers.wrongMethod);
      return;
    }
    if (!networks.allows(plainAddress(request.ip))) {
      this.answer(webhook, reply, webhook.answers.forbidden);
      return;
    }
    // Fastify refuses types it can't parse ("json" is enough); ours are read whatever they are labelled.
    const { headers } = request.raw;
    request.setDecorator('sentContentType', headers['content-type'] ?? null);
    delete headers['content-type'];
    done();
  }

  private async receive(webhook: Webhook, request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const { answers } = webhook;
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const { headers, headersDistinct: distinctHeaders } = request.raw;
    const sent = { body, parameters: request.params, headers, distinctHeaders };
    const unsigned = await this.unsigned(webhook, request, sent);
    if (unsigned !== undefined) return this.answer(webhook, reply, unsigned);
    const message = webhook.read(sent);
    if (message === undefined) {
      this.logRefused(webhook, request, body);
      return this.answer(webhook, reply, answers.malformed);
    }
    const arrival = this.arrivalOf(webhook, request, message, body);
    if (!this.allowance.takes(arrival)) return this.answer(webhook, reply, answers.tooMuch);
    try {
      await this.queue.add(arrival);
    } catch (error) {
      // The queue has logged what failed, once for all that failed together.
      const isToNobody = codeOf(error) === 'gateway-account-not-found';
      return this.answer(webhook, reply, (isToNobody ? answers.noSuchAccount : undefined) ?? answers.notStored);
    }
    return this.answer(webhook, reply, answers.stored);
  }

  /** What is answered to a message that is not signed by its account; nothing of it is kept but that it came. */
  private async unsigned(
    { gateway, signed, answers }: Webhook,
    { id: requestId, ip: source }: Request,
    sent: SentMessage,
  ): Promise<WebhookAnswer | undefined> {
    if (signed === undefined) return undefined;
    try {
      const fault = await this.secrets.faultOf(gateway, signed, sent);
      if (fault === undefined) return undefined;
      this.log.warn('unsigned message refused', { gateway, requestId, source, fault, bytes: sent.body.length });
      return answers.malformed;
    } catch (error) {
      if (NOT_HERE.has(codeOf(error) ?? '')) return answers.noSuchAccount ?? answers.malformed;
      this.log.error('the secrets of an account could not be read', { gateway, requestId, error });
      return answers.notStored;
    }
  }

  private arrivalOf(
    { gateway }: Webhook,
    request: Request,
    { identity, keptBody, ...message }: ReadMessage,
    body: Buffer,
  ): Arrival {
    return {
      ...message,
      gateway,
      key: messageKey(identity),
      body: keptBody ?? body,
      contentType: sentContentType(request)?.slice(0, CONTENT_TYPE_LIMIT) ?? null,
      sourceAddress: plainAddress(request.ip) ?? plainAddress(request.socket.remoteAddress ?? ''),
      receivedAt: this.clock.now(),
    };
  }

  private answer({ gateway }: Webhook, reply: FastifyReply, { status, body }: WebhookAnswer): FastifyReply {
    this.received.inc({ gateway, answer: String(status) });
    return reply.status(status).type('application/json').send(body);
  }

  private answerToFault({ answers }: Webhook, error: FastifyError, request: FastifyRequest): WebhookAnswer {
    if (error.statusCode === 413) return answers.tooLarge;
    if (error.statusCode !== undefined && error.statusCode < 500) {
      this.log.debug('notification not readable', { requestId: request.id, reason: error.message });
      return answers.malformed;
    }
    this.log.error('notification listener failed', { requestId: request.id, error });
    return answers.notStored;
  }

  private logRefused({ gateway }: Webhook, request: Request, body: Buffer): void {
    this.log.warn('malformed notification refused', {
      gateway,
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
