import type { Members } from '../../shared/http/members';
import { KakaoPayRefusal } from '../error-codes';
import type { KakaoPayRequest } from '../http/kakaopay-call';
import { requiredSid } from './required-sid';
import type { Sids } from './sids';
import { sidTimes } from './status-call';

/** Ends a SID for good. */
export class InactiveCall {
  constructor(private readonly sids: Sids) {}

  handle({ contract, body }: KakaoPayRequest): Members {
    const sid = requiredSid(this.sids, contract, body);
    if (sid.inactivatedAt !== null) throw new KakaoPayRefusal(-751);
    this.sids.end(sid, 'merchant');
    return { cid: sid.contract.cid, sid: sid.sid, status: 'INACTIVE', ...sidTimes(sid) };
  }
}
