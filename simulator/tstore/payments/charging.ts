import type { Scenario } from '../faults/scenario';
import { DECLINE_ON_REQUEST, DRAWN_DECLINES, OUTCOME, declineOutcome } from '../result-codes';
import { hashText, seedOf, unitOf } from '../../shared/seeded';

const OUTCOME_ON_REQUEST = declineOutcome(DECLINE_ON_REQUEST);

/** Who is charged and who is declined: by wish first, else by a rate that falls on the same orders in every run. */
export class Charging {
  private readonly rateSeed: number;
  private readonly reasonSeed: number;
  private readonly wishes = new Map<number, number>();
  private readonly declinedTokens = new Set<string>();

  constructor(
    seed: string,
    private rate: number,
  ) {
    this.rateSeed = seedOf(seed, 'decline');
    this.reasonSeed = seedOf(seed, 'reason');
  }

  get declineRate(): number {
    return this.rate;
  }

  /** Takes effect for jobs processed from now on. */
  follow(scenario: Scenario): void {
    this.rate = scenario.declineRate ?? this.rate;
    for (const orderNo of scenario.declineOrderNos ?? []) this.wishes.set(hashText(orderNo), OUTCOME_ON_REQUEST);
    for (const orderNo of scenario.chargeOrderNos ?? []) this.wishes.set(hashText(orderNo), OUTCOME.charged);
    for (const token of scenario.declineBillingTokens ?? []) this.declinedTokens.add(token);
  }

  /** The row's bytes as latin1 text; looked into only when there are billing tokens to decline. */
  outcomeOf(orderHash: number, row: string): number {
    const wish = this.wishes.get(orderHash);
    if (wish !== undefined) return wish;
    if (this.declinedTokens.size > 0 && this.declinedTokens.has(row.split(',', 2)[1] ?? '')) return OUTCOME_ON_REQUEST;
    if (unitOf(orderHash, this.rateSeed) >= this.rate) return OUTCOME.charged;
    return OUTCOME.firstDecline + Math.floor(unitOf(orderHash, this.reasonSeed) * DRAWN_DECLINES.length);
  }
}
