/** How many of each there are at a time, and may be. */
export class Places {
  private readonly taken = new Map<string, number>();

  /** @param most of one; 0 is no limit */
  constructor(private readonly most: number) {}

  /** @returns whether there was a place left, which is taken then */
  take(of: string): boolean {
    const taken = this.taken.get(of) ?? 0;
    if (this.most !== 0 && taken >= this.most) return false;
    this.taken.set(of, taken + 1);
    return true;
  }

  leave(of: string): void {
    const left = (this.taken.get(of) ?? 0) - 1;
    // Nothing is kept of who has none: addresses are many.
    if (left > 0) this.taken.set(of, left);
    else this.taken.delete(of);
  }
}
