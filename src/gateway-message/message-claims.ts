import { Injectable } from '@nestjs/common';
import { BillingConfig, LookupConfig } from '../config';
import { GatewayAccounts, type AccountPlaces, type GatewayAccount, type Placed } from '../gateway-account';
import { Gateways } from '../gateways';
import { NotificationRepository, type NotificationClaim } from '../inbox';
import { Clock } from '../platform/clock';
import { Pacer } from '../platform/pace';

/** Of the pace at which an account is asked: the rest is for people and refunds. */
const SHARE_OF_PACE = 2;

/** Which message is looked into next: of an account that has a place left. */
@Injectable()
export class MessageClaims {
  private readonly places: AccountPlaces;

  constructor(
    private readonly notifications: NotificationRepository,
    private readonly accounts: GatewayAccounts,
    private readonly gateways: Gateways,
    private readonly pacer: Pacer,
    private readonly lookups: LookupConfig,
    private readonly billing: BillingConfig,
    private readonly clock: Clock,
  ) {
    this.places = accounts.places('set-up');
  }

  /** Claims it, with a place of its account; `undefined` when none is due. */
  next(): Promise<Placed<NotificationClaim> | undefined> {
    return this.places.claim(
      (free) => this.claimOf(free),
      ({ notification }) => notification.gatewayAccount ?? '',
    );
  }

  /** @returns when the account may be asked for a message; `undefined`: now, and the turn is taken */
  async turnOf(accountId: string): Promise<Date | undefined> {
    const { lookupsPerMinute } = await this.accounts.get(accountId);
    const perMinute = Math.max(1, Math.floor((lookupsPerMinute ?? this.lookups.perMinute) / SHARE_OF_PACE));
    return this.pacer.take({ name: `look-into-message:${accountId}`, perMinute, burst: Math.ceil(perMinute / 6) });
  }

  private async claimOf(free: readonly GatewayAccount[]): Promise<NotificationClaim | undefined> {
    for (const gateway of this.gateways.tellingOfPayments()) {
      const ids = free.filter((account) => account.gateway === gateway).map(({ id }) => id);
      if (ids.length === 0) continue;
      const now = this.clock.now();
      const claim = await this.notifications.claimAboutPayment(gateway, now, this.billing.leaseSeconds, ids);
      if (claim !== undefined) return claim;
    }
    return undefined;
  }
}
