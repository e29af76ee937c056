export type Members = Record<string, unknown>;

/** The members of a JSON object; null for anything else. */
export function membersOf(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null;
}

/** Reads members of a request as gateways take them; what can't be read is refused in the gateway's own words. */
export class MemberReader {
  constructor(private readonly invalid: (name: string) => Error) {}

  /** A text of 1 to `most` characters; numbers count as their digits, as the services take them. */
  requiredText(body: Members, name: string, most: number): string {
    const value = this.optionalText(body, name, most);
    if (value === null) throw this.invalid(name);
    return value;
  }

  /** Null where it is absent, null or empty. */
  optionalText(body: Members, name: string, most: number): string | null {
    const value = body[name];
    if (value === undefined || value === null || value === '') return null;
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string' || text.length > most) throw this.invalid(name);
    return text;
  }

  /** Whole won, as a number or, as the vendors' own samples send it, as text. */
  requiredAmount(body: Members, name: string): number {
    const value = this.optionalAmount(body, name);
    if (value === null) throw this.invalid(name);
    return value;
  }

  optionalAmount(body: Members, name: string): number | null {
    const value = body[name];
    if (value === undefined || value === null || value === '') return null;
    const amount = typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value;
    if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 0) throw this.invalid(name);
    return amount;
  }
}
