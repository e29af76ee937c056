import type { Members } from '../../shared/http/members';
import { KakaoPayRefusal } from '../error-codes';
import { reader } from '../http/members';
import type { Contract } from '../merchants';
import type { Sid, Sids } from './sids';

/** The SID that a call names; a contract sees its own only. */
export function requiredSid(sids: Sids, contract: Contract, body: Members): Sid {
  const sid = sids.findOf(contract, reader.requiredText(body, 'sid', 100));
  if (!sid) throw new KakaoPayRefusal(-750, 'sid');
  return sid;
}
