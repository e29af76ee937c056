import type { GatewayAccount } from './gateway-account.entity';

/** A piece of work in hand, which keeps a place of its account until it is left. */
export interface Placed<Claim> {
  readonly claim: Claim;
  readonly leave: () => void;
}

/** An account that serves here, and how many places it has left. */
export interface FreePlaces {
  readonly account: GatewayAccount;
  readonly places: number;
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

  /**
   * Claims a piece of work of an account that has a place left, and takes that.
   *
   * @param find claims one of these accounts, none of which is none at all
   */
  async claim<Claim>(
    find: (free: readonly GatewayAccount[]) => Promise<Claim | undefined>,
    accountOf: (claim: Claim) => string,
  ): Promise<Placed<Claim> | undefined> {
    const [first] = await this.claimSome(async (free) => {
      const claim = await find(free.map(({ account }) => account));
      return claim === undefined ? [] : [claim];
    }, accountOf);
    return first;
  }

  /** The same of several pieces at once, of each account no more than it has places left. */
  claimSome<Claim>(
    find: (free: readonly FreePlaces[]) => Promise<readonly Claim[]>,
    accountOf: (claim: Claim) => string,
  ): Promise<Placed<Claim>[]> {
    // One after another: two that look at once would both take the last place.
    const claimed = this.turn.then(async () => {
      const free = await this.free();
      const claims = free.length === 0 ? [] : await find(free);
      return claims.map((claim) => ({ claim, leave: this.take(accountOf(claim)) }));
    });
    this.turn = claimed.catch(() => undefined);
    return claimed;
  }

  /** Those that serve here and have a place left. */
  private async free(): Promise<FreePlaces[]> {
    const serving = await this.serving();
    return serving
      .map((account) => ({ account, places: (account.atOnce ?? this.atOnce) - (this.taken.get(account.id) ?? 0) }))
      .filter(({ places }) => places > 0);
  }

  private take(account: string): () => void {
    this.taken.set(account, (this.taken.get(account) ?? 0) + 1);
    return () => void this.taken.set(account, (this.taken.get(account) ?? 1) - 1);
  }
}
