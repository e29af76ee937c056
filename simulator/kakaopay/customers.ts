/** The money that customers have at KakaoPay, by the merchant's id of the customer; enough, where nothing else was said. */
export class Customers {
  private readonly balances = new Map<string, number>();

  /** Null is enough for anything. */
  balanceOf(userId: string): number | null {
    return this.balances.get(userId) ?? null;
  }

  setBalance(userId: string, won: number | null): void {
    if (won === null) this.balances.delete(userId);
    else this.balances.set(userId, won);
  }

  has(userId: string, won: number): boolean {
    return (this.balanceOf(userId) ?? Infinity) >= won;
  }

  take(userId: string, won: number): void {
    this.giveBack(userId, -won);
  }

  giveBack(userId: string, won: number): void {
    const balance = this.balances.get(userId);
    if (balance !== undefined) this.balances.set(userId, balance + won);
  }
}
