import { Injectable, type OnModuleInit } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { BILLING_WAKE_CHANNEL, Connection, Database } from '../platform/database';
import { Readiness } from '../platform/health';
import { Logger } from '../platform/logging';
import { DatabaseOutage } from '../platform/step-health';

/** Tries again after this; until then the ticks do the work. */
const RECONNECT_MS = 5_000;
const TIMEOUT_MS = 5_000;
/** Where replicas send notices to themselves; on a channel of its own, because on the other one they would be calls. */
const PROOF_CHANNEL = 'billing_wake_proof';
/** So many ticks a notice to ourselves may take: a busy server is not a deaf listener. */
const HEARD_WITHIN_TICKS = 3;
const DEAF =
  'calls for work are not heard (LISTEN): every step still looks at each tick, so work begins up to a tick later. ' +
  'The listener connects again by itself; a pooler, or whatever else is before PostgreSQL, may swallow notices';

/** A connection that listens, and how it is given up for a new one. */
interface Listening {
  client: Connection;
  giveUp: () => void;
}

/**
 * Hears on a connection of its own that somebody made work due. Without it the ticks still find everything, so a deaf
 * listener is told of and is no reason to be not ready. Whether it hears, only a notice that comes back proves: a connection
 * may look well and be dead, and a pooler may give the session that listens to others.
 */
@Injectable()
export class WakeListener implements OnModuleInit {
  private listening: Listening | undefined;
  private reconnect: NodeJS.Timeout | undefined;
  private closed = false;
  private isDeaf = false;
  /** The notice to ourselves that has not come back yet, and for how many ticks. */
  private awaited: string | undefined;
  private ticksUnheard = 0;
  private sending = false;

  constructor(
    private readonly database: Database,
    private readonly outage: DatabaseOutage,
    private readonly logger: Logger,
    private readonly readiness: Readiness,
  ) {}

  onModuleInit(): void {
    this.readiness.registerNotice('wake-ups', () => Promise.resolve(this.isDeaf ? DEAF : undefined));
  }

  /** @param onWake hears the name of the step that work is due for; an empty one means all */
  async listen(onWake: (step: string) => void): Promise<void> {
    const { connectionString } = this.database.pool.options;
    const client = new Connection({
      ...(connectionString !== undefined && { connectionString }),
      application_name: 'tstore-merchant-billing-wake',
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      keepAlive: true,
    });
    const lost = once(() => this.lost(client, onWake));
    client.on('notification', ({ channel, payload }) => {
      if (channel === BILLING_WAKE_CHANNEL) onWake(payload ?? '');
      else if (payload === this.awaited) this.heard();
    });
    client.on('error', lost);
    client.on('end', lost);
    try {
      await client.connect();
      await client.query(`LISTEN ${BILLING_WAKE_CHANNEL}; LISTEN ${PROOF_CHANNEL}`);
      this.listening = { client, giveUp: lost };
      // What was sent before can't come back to this one.
      this.expectNothing();
      if (this.closed) await client.end();
    } catch (error) {
      if (!this.outage.explains(error)) this.logger.warn('not listening for wake-ups; ticks go on', { error });
      lost();
    }
  }

  /** Called at each tick: sends a notice to ourselves, and connects anew when it does not come back. */
  async prove(): Promise<void> {
    // While sending takes its time, it is the database that is in trouble, which has a check of its own.
    if (this.sending || this.closed) return;
    if (this.awaited === undefined) await this.sendProof();
    else this.unheard();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reconnect);
    await this.listening?.client.end().catch(() => undefined);
  }

  private async sendProof(): Promise<void> {
    const proof = randomUUID();
    this.sending = true;
    this.awaited = proof;
    try {
      await this.database.rows('SELECT pg_notify($1, $2)', [PROOF_CHANNEL, proof]);
    } catch {
      this.expectNothing();
    } finally {
      this.sending = false;
    }
  }

  private heard(): void {
    this.expectNothing();
    if (this.isDeaf) this.logger.info('listening for wake-ups again');
    this.isDeaf = false;
  }

  private unheard(): void {
    this.ticksUnheard += 1;
    if (this.ticksUnheard < HEARD_WITHIN_TICKS) return;
    if (!this.isDeaf) this.logger.warn('wake-ups are not heard; ticks go on');
    this.isDeaf = true;
    this.expectNothing();
    this.listening?.giveUp();
  }

  private expectNothing(): void {
    this.awaited = undefined;
    this.ticksUnheard = 0;
  }

  private lost(client: Connection, onWake: (step: string) => void): void {
    client.removeAllListeners('notification');
    // A server that takes no LISTEN, as a standby, would keep the connection.
    void client.end().catch(() => undefined);
    if (this.listening?.client === client) this.listening = undefined;
    if (this.closed) return;
    this.reconnect = setTimeout(() => {
      void this.listen(onWake).then(() => onWake(''));
    }, RECONNECT_MS).unref();
  }
}

/** A connection tells of its end in up to three ways. */
function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
