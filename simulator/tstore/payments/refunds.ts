/** One refund that was made. */
export interface Refund {
  refundTid: string;
  tid: string;
  orderNo: string;
  jobId: string;
  amount: number;
  refundedAt: number;
}

/** Refunds by the transaction they take back. */
export class Refunds {
  private readonly byTransaction = new Map<string, Refund[]>();
  private made = 0;
  private amountSum = 0;

  add(refund: Refund): void {
    const earlier = this.byTransaction.get(refund.tid) ?? [];
    this.byTransaction.set(refund.tid, [...earlier, refund]);
    this.made += 1;
    this.amountSum += refund.amount;
  }

  of(tid: string): readonly Refund[] {
    return this.byTransaction.get(tid) ?? [];
  }

  amountOf(tid: string): number {
    return this.of(tid).reduce((sum, refund) => sum + refund.amount, 0);
  }

  all(): Refund[] {
    return [...this.byTransaction.values()].flat();
  }

  get count(): number {
    return this.made;
  }

  get amount(): number {
    return this.amountSum;
  }
}
