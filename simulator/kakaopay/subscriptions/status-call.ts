import type { Members } from '../../shared/http/members';
import type { KakaoPayRequest } from '../http/kakaopay-call';
import { timeOf } from '../payments/payment-body';
import { requiredSid } from './required-sid';
import type { Sid, Sids } from './sids';

/** Whether a SID can be charged: the only way to learn that a customer has ended it. */
export class StatusCall {
  constructor(private readonly sids: Sids) {}

  handle({ contract, body }: KakaoPayRequest): Members {
    const sid = requiredSid(this.sids, contract, body);
    const isActive = sid.inactivatedAt === null;
    return {
      available: isActive,
      cid: sid.contract.cid,
      sid: sid.sid,
      status: isActive ? 'ACTIVE' : 'INACTIVE',
      payment_method_type: sid.means.kind,
      item_name: sid.itemName,
      ...sidTimes(sid),
    };
  }
}

/** Of one that was never charged, `last_approved_at` is null; of one that is active, `inactivated_at` is missing. */
export function sidTimes({ createdAt, lastApprovedAt, inactivatedAt }: Sid): Members {
  return {
    created_at: timeOf(createdAt),
    last_approved_at: lastApprovedAt === null ? null : timeOf(lastApprovedAt),
    ...(inactivatedAt === null ? {} : { inactivated_at: timeOf(inactivatedAt) }),
  };
}
