import type { GatewayAccount } from './gateway-account.entity';

/** A piece of work in hand, which keeps a place of its account until it is left. */
export interface Placed<Claim> {
  readonly claim: Claim;
  leave(): void;
}

/**
 * The places that the accounts have for one kind of work in this process. Each has its own, so that one whose gateway is slow,
 * or answers nobody, fills only those and holds up no other.
 */
export class AccountPlaces {
  private readonly taken = new Map<string, number>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly serving: () => Promise<GatewayAccount[]>,
    /** Where an account states nothing of its own. */
    private readonly atOnce: number,
  ) {}

  /** Those that serve here and have a place left. */
  async free(): Promise<GatewayAccount[]> {
    const serving = await this.serving();
    return serving.filter(({ id, atOnce }) => (this.taken.get(id) ?? 0) < (atOnce ?? this.atOnce));
  }

  /**
   * Claims a piece of work of an account that has a place left, and takes that.
   *
   * @param find claims one of these accounts, none of which is none at all
   */
  claim<Claim>(
    find: (free: readonly GatewayAccount[]) => Promise<Claim | undefined>,
    accountOf: (claim: Claim) => string,
  ): Promise<Placed<Claim> | undefined> {
    // One after another: two that look at once would both take the last place.
    const claimed = this.turn.then(async () => {
      const free = await this.free();
      const claim = free.length === 0 ? undefined : await find(free);
      return claim && { claim, leave: this.take(accountOf(claim)) };
    });
    this.turn = claimed.catch(() => undefined);
    return claimed;
  }

  private take(account: string): () => void {
    this.taken.set(account, (this.taken.get(account) ?? 0) + 1);
    return () => void this.taken.set(account, (this.taken.get(account) ?? 1) - 1);
  }
}
