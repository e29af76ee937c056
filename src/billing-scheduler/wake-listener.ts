import { Injectable } from '@nestjs/common';
import { Client } from 'pg';
import { BILLING_WAKE_CHANNEL, Database } from '../platform/database';
import { Logger } from '../platform/logging';

/** Tries again after this; until then the ticks do the work. */
const RECONNECT_MS = 5_000;

/** Hears on a connection of its own that somebody made work due. Without it the ticks still find everything. */
@Injectable()
export class WakeListener {
  private client: Client | undefined;
  private reconnect: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  /** @param onWake hears the name of the step that work is due for; an empty one means all */
  async listen(onWake: (step: string) => void): Promise<void> {
    const { connectionString } = this.database.pool.options;
    const client = new Client({ connectionString, application_name: 'tstore-merchant-billing-wake', keepAlive: true });
    client.on('notification', ({ payload }) => onWake(payload ?? ''));
    client.on('error', () => this.lost(client, onWake));
    client.on('end', () => this.lost(client, onWake));
    try {
      await client.connect();
      await client.query(`LISTEN ${BILLING_WAKE_CHANNEL}`);
      this.client = client;
      if (this.closed) await client.end();
    } catch (error) {
      this.logger.warn('not listening for wake-ups; ticks go on', { error });
      this.lost(client, onWake);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reconnect);
    await this.client?.end().catch(() => undefined);
  }

  private lost(client: Client, onWake: (step: string) => void): void {
    client.removeAllListeners('end').removeAllListeners('notification');
    // A connection that breaks while it is given up may still say so; without a listener that would end the process.
    client.removeAllListeners('error').on('error', () => undefined);
    if (this.client === client) this.client = undefined;
    if (this.closed) return;
    clearTimeout(this.reconnect);
    this.reconnect = setTimeout(() => {
      void this.listen(onWake).then(() => onWake(''));
    }, RECONNECT_MS).unref();
  }
}
