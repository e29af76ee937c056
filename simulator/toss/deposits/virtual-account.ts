import { HOUR_MS } from '../../shared/durations';
import { bankCodeOf } from '../banks';
import { TossRefusal } from '../error-codes';
import { optionalText, requiredText, type Members } from '../http/members';
import type { Keys } from '../keys';
import type { VirtualAccount } from '../payments/payment';
import { readSeoulTime } from '../times';

const USUAL_HOURS = 168;
/** As the SDK's types have it; an older reference says 720. */
const MOST_HOURS = 2160;

/** The account a request asks for: `validHours` or `dueDate`, not both. */
export function accountFor(body: Members, keys: Keys, nowAt: number): VirtualAccount {
  const bankCode = bankCodeOf(requiredText(body, 'bank', 20));
  if (bankCode === null) throw new TossRefusal('INVALID_BANK', 'bank');
  return {
    accountNumber: keys.accountNumber(),
    bankCode,
    customerName: requiredText(body, 'customerName', 100),
    depositorName: null,
    dueAt: dueAtOf(body, nowAt),
    expired: false,
    refundStatus: 'NONE',
    refundEndsAs: 'COMPLETED',
    refundReceiveAccount: null,
  };
}

function dueAtOf(body: Members, nowAt: number): number {
  const dueDate = optionalText(body, 'dueDate', 40);
  const hours = body.validHours === undefined || body.validHours === null ? null : Number(body.validHours);
  if (dueDate !== null && hours !== null) throw new TossRefusal('INVALID_REQUEST', 'validHours and dueDate');
  if (dueDate === null) {
    const valid = hours ?? USUAL_HOURS;
    if (!Number.isInteger(valid) || valid < 1 || valid > MOST_HOURS) {
      throw new TossRefusal('INVALID_REQUEST', 'validHours');
    }
    return nowAt + valid * HOUR_MS;
  }
  const dueAt = readSeoulTime(dueDate);
  if (!(dueAt > nowAt) || dueAt > nowAt + MOST_HOURS * HOUR_MS) throw new TossRefusal('INVALID_REQUEST', 'dueDate');
  return dueAt;
}
