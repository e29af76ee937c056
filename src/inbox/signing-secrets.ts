import { Injectable } from '@nestjs/common';
import { GatewayAccounts, type GatewayName } from '../gateway-account';
import { DomainError } from '../kernel/errors';
import { Clock } from '../platform/clock';
import type { SentMessage, Webhook } from './webhook';

type Signed = NonNullable<Webhook['signed']>;

/** A secret that is put beside another counts at the latest after so long. */
const KEPT_MS = 30_000;
/** A message that is not signed by what is kept has it read again, and no more often than this: strangers send such, too. */
const LEAST_MS = 2_000;

interface Kept {
  readonly secrets: readonly string[];
  readonly readAt: number;
}

/**
 * The secrets that the messages to an account may be signed with: all that are good now. They come from our own database, and are kept
 * for a moment, so that a flood of messages is none of questions.
 */
@Injectable()
export class SigningSecrets {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly accounts: GatewayAccounts,
    private readonly clock: Clock,
  ) {}

  /**
   * Why a message to an account is not signed by it; `undefined`: it is.
   *
   * @throws {DomainError} `gateway-account-not-found` for one that is none of the gateway's, or has nothing here
   */
  async faultOf(gateway: GatewayName, signed: Signed, sent: SentMessage): Promise<string | undefined> {
    const account = sent.parameters.account ?? '';
    const now = this.clock.now();
    const kept = this.kept.get(account);
    const isFresh = kept !== undefined && now.getTime() - kept.readAt < KEPT_MS;
    const { secrets, readAt } = isFresh ? kept : await this.read(gateway, account, signed, now);
    const fault = signed.faultOf(sent, secrets, now);
    if (fault === undefined || now.getTime() - readAt < LEAST_MS) return fault;
    const again = await this.read(gateway, account, signed, now);
    return signed.faultOf(sent, again.secrets, now);
  }

  private async read(gateway: GatewayName, account: string, { secretsIn }: Signed, now: Date): Promise<Kept> {
    const found = await this.accounts.get(account);
    if (found.gateway !== gateway) {
      throw new DomainError('gateway-account-not-found', `There is no gateway account ${account} of ${gateway}`);
    }
    const sets = await this.accounts.credentials(account);
    const kept = { secrets: [...new Set(sets.flatMap(({ secrets }) => secretsIn(secrets)))], readAt: now.getTime() };
    this.kept.set(account, kept);
    return kept;
  }
}
