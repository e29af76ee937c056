import { seoulDateAt, startOfSeoulDay } from '../kernel/seoul-calendar';
import { isPrivateAddress, senderOf } from '../platform/http-server';
import type { Logger } from '../platform/logging';
import type { Arrival } from './arrival';

/** Addresses remembered in a day; who has more networks than this is not stopped by counting them. */
const MOST_ADDRESSES = 50_000;
const KILOBYTE = 1024;
const DAY_MS = 86_400_000;

/** What a source may still have stored today. */
interface Account {
  kilobytesLeft: number;
}

/**
 * What one source may have stored in a day. PNS sends a few small messages a job and is never near it; who is beyond is told
 * to come again, which PNS does for two days. Counted in memory, because the listener asks nobody before it stores.
 */
export class SourceAllowance {
  private dayEndsAtMs = 0;
  private readonly accounts = new Map<string, Account>();
  /** By the address as it came, so that a message costs one look; `null` is not counted. */
  private readonly byAddress = new Map<string, Account | null>();

  /** @param kilobytesPerDay 0 is no limit */
  constructor(
    private readonly kilobytesPerDay: number,
    private readonly log: Logger,
  ) {}

  /** Counts the arrival. @returns whether it is within what its source may send */
  takes({ sourceAddress, body, receivedAt }: Arrival): boolean {
    if (this.kilobytesPerDay === 0 || sourceAddress === null) return true;
    if (receivedAt.getTime() >= this.dayEndsAtMs) this.beginDay(receivedAt);
    let account = this.byAddress.get(sourceAddress);
    if (account === undefined) account = this.open(sourceAddress);
    if (account === null) return true;
    if (account.kilobytesLeft <= 0) return false;
    account.kilobytesLeft -= Math.ceil(body.length / KILOBYTE);
    if (account.kilobytesLeft <= 0) {
      this.log.warn('a source has sent all it may today', { source: senderOf(sourceAddress) });
    }
    return true;
  }

  private open(address: string): Account | null {
    if (this.byAddress.size >= MOST_ADDRESSES) this.forget();
    const account = isPrivateAddress(address) ? null : this.accountOf(senderOf(address));
    this.byAddress.set(address, account);
    return account;
  }

  private accountOf(sender: string): Account {
    const account = this.accounts.get(sender) ?? { kilobytesLeft: this.kilobytesPerDay };
    this.accounts.set(sender, account);
    return account;
  }

  private beginDay(at: Date): void {
    this.forget();
    this.dayEndsAtMs = startOfSeoulDay(seoulDateAt(at)).getTime() + DAY_MS;
  }

  private forget(): void {
    this.accounts.clear();
    this.byAddress.clear();
  }
}
