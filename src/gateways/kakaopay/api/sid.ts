import { isJsonObject } from '../../reading';
import { keyOf, seoulInstantOf } from './payment';

/** How a SID is. */
export interface KakaopaySid {
  isActive: boolean;
  /** Whether it moves with each charge nobody has said. */
  lastApprovedAt: Date | null;
}

/** @returns `undefined` where it is not said whether it is active */
export function readSid(json: unknown): KakaopaySid | undefined {
  if (!isJsonObject(json)) return undefined;
  const status = keyOf(json.status);
  if (status !== 'ACTIVE' && status !== 'INACTIVE') return undefined;
  const isActive = status === 'ACTIVE' && json.available !== false && json.available !== 'false';
  return { isActive, lastApprovedAt: seoulInstantOf(json.last_approved_at) };
}
