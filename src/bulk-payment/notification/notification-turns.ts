import { Injectable } from '@nestjs/common';
import { BillingConfig, NotificationConfig } from '../../config';
import type { ClaimClass } from '../../inbox';
import type { SqlSession } from '../../platform/database';
import { Pacer } from '../../platform/pace';

/** Strangers don't know these addresses; only one whose address got out is held to this. */
const OWN_ADDRESS_PER_MINUTE = 600;

/** How often PNS is asked, by whose the message can be. */
@Injectable()
export class NotificationTurns {
  constructor(
    private readonly pacer: Pacer,
    private readonly billing: BillingConfig,
    private readonly config: NotificationConfig,
  ) {}

  /** Turns come once a tick, so a tick's worth may go at once. @returns whether PNS may be asked now */
  async take(claimClass: ClaimClass, session: SqlSession): Promise<boolean> {
    const isToOwnAddress = claimClass === 'own-address';
    const perMinute = isToOwnAddress ? OWN_ADDRESS_PER_MINUTE : this.config.questionsPerMinute;
    const name = isToOwnAddress ? 'pns-own-address' : 'pns-shared-address';
    const burst = Math.max(1, Math.ceil((perMinute * this.billing.tickSeconds) / 60));
    return (await this.pacer.take({ name, perMinute, burst }, session)) === undefined;
  }
}
