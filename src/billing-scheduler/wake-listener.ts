import { Injectable } from '@nestjs/common';
import { BILLING_WAKE_CHANNEL, Connection, Database } from '../platform/database';
import { Logger } from '../platform/logging';

/** Tries again after this; until then the ticks do the work. */
const RECONNECT_MS = 5_000;

/** Hears on a connection of its own that somebody made work due. Without it the ticks still find everything. */
@Injectable()
export class WakeListener {
  private client: Connection | undefined;
  private reconnect: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  /** @param onWake hears the name of the step that work is due for; an empty one means all */
  async listen(onWake: (step: string) => void): Promise<void> {
    const { connectionString } = this.database.pool.options;
    const client = new Connection({
      ...(connectionString !== undefined && { connectionString }),
      application_name: 'tstore-merchant-billing-wake',
      keepAlive: true,
    });
    const lost = once(() => this.lost(client, onWake));
    client.on('notification', ({ payload }) => onWake(payload ?? ''));
    client.on('error', lost);
    client.on('end', lost);
    try {
      await client.connect();
      await client.query(`LISTEN ${BILLING_WAKE_CHANNEL}`);
      this.client = client;
      if (this.closed) await client.end();
    } catch (error) {
      this.logger.warn('not listening for wake-ups; ticks go on', { error });
      lost();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reconnect);
    await this.client?.end().catch(() => undefined);
  }

  private lost(client: Connection, onWake: (step: string) => void): void {
    client.removeAllListeners('notification');
    // A server that takes no LISTEN, as a standby, would keep the connection.
    void client.end().catch(() => undefined);
    if (this.client === client) this.client = undefined;
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
