import { hashText, seedOf, unitOf } from './seeded';

/** A wish that approvals be declined: every given member must fit. */
export type DeclineRuleOf<Subject extends string> = {
  code: string;
  amount?: number;
  /** Declines this many times, then no more; always, if it isn't given. */
  times?: number;
} & Partial<Record<Subject, string>>;

/** What is to be approved, by which a wish chooses. */
export type ApprovalOf<Subject extends string> = { orderId: string; amount: number } & Record<Subject, string | null>;

/** Which approvals are declined: by wish, and by a rate that falls on the same orders in every run. */
export class DeclineRules<Subject extends string> {
  private readonly rules: DeclineRuleOf<Subject>[] = [];
  private readonly rateSeed: number;
  private readonly codeSeed: number;
  private rate = 0;

  constructor(
    seed: string,
    gateway: string,
    private readonly subjects: readonly Subject[],
    /** Codes of declines by the rate. */
    private readonly drawnCodes: readonly string[],
  ) {
    this.rateSeed = seedOf(seed, `${gateway}-decline`);
    this.codeSeed = seedOf(seed, `${gateway}-code`);
  }

  get declineRate(): number {
    return this.rate;
  }

  setRate(rate: number): void {
    this.rate = rate;
  }

  add(rule: DeclineRuleOf<Subject>): void {
    this.rules.push({ ...rule });
  }

  clear(): void {
    this.rules.length = 0;
    this.rate = 0;
  }

  /** The code of the decline, if there is to be one; asking uses a wish up. */
  codeFor(approval: ApprovalOf<Subject>): string | null {
    return this.wished(approval) ?? this.drawn(approval.orderId);
  }

  private wished(approval: ApprovalOf<Subject>): string | null {
    const rule = this.rules.find(
      (one) =>
        one.times !== 0 &&
        (one.amount ?? approval.amount) === approval.amount &&
        this.subjects.every((name) => {
          const wished: unknown = one[name];
          return wished === undefined || wished === approval[name];
        }),
    );
    if (!rule) return null;
    if (rule.times !== undefined) rule.times -= 1;
    return rule.code;
  }

  private drawn(orderId: string): string | null {
    const hash = hashText(orderId);
    if (unitOf(hash, this.rateSeed) >= this.rate) return null;
    return this.drawnCodes[Math.floor(unitOf(hash, this.codeSeed) * this.drawnCodes.length)] ?? null;
  }
}
