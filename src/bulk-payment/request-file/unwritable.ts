import { counted } from '../../kernel/counted';
import { DomainError, messageOf } from '../../kernel/errors';

/** Charges that have one reason in common, and one of them. */
export interface UnwritableReason {
  reason: string;
  count: number;
  orderNo: string;
}

/** What of a job's charges its request file can't carry, found while the file was written. */
export class Unwritable {
  readonly orderNos: string[] = [];
  private readonly byReason = new Map<string, UnwritableReason>();
  private first: DomainError | undefined;

  get count(): number {
    return this.orderNos.length;
  }

  get reasons(): UnwritableReason[] {
    return [...this.byReason.values()];
  }

  /** @throws what is no fault of the charge */
  add(orderNo: string, error: unknown): void {
    if (!(error instanceof DomainError)) throw error;
    this.first ??= error;
    this.orderNos.push(orderNo);
    const reason = reasonOf(error);
    const known = this.byReason.get(reason);
    if (known === undefined) this.byReason.set(reason, { reason, count: 1, orderNo });
    else known.count += 1;
  }

  /** What to say when nothing can be written: no charge is at fault then. */
  asOneError(): DomainError {
    const { first, reasons } = this;
    const code = first?.code ?? 'internal-error';
    const why = reasons.map(({ reason, count }) => `${reason} (${count})`).join('; ');
    const none = this.count === 1 ? 'Its one charge can’t' : `None of its ${counted(this.count, 'charge')} can`;
    return new DomainError(code, `${none} be written: ${why}`, {}, { cause: first });
  }
}

/** Of so few kinds that they can be counted: which columns are at fault belongs to it, whose they are does not. */
function reasonOf(error: DomainError): string {
  const fields = (error.details.faults ?? []).map(({ field }) => field).join(', ');
  return fields === '' ? messageOf(error) : `${messageOf(error)}: ${fields}`;
}
