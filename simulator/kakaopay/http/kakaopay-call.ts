import type { Members } from '../../shared/http/members';
import type { Contract } from '../merchants';
import { BASES, type Generation } from './generations';

/** Each call by its path behind the generation's base; faults choose by the name. */
export const PATHS = {
  ready: '/ready',
  approve: '/approve',
  order: '/order',
  cancel: '/cancel',
  subscription: '/subscription',
  status: '/manage/subscription/status',
  inactive: '/manage/subscription/inactive',
} as const;

export type CallName = keyof typeof PATHS;

export const CALLS = Object.keys(PATHS) as CallName[];

/** A call that is let in. */
export interface KakaoPayRequest {
  contract: Contract;
  generation: Generation;
  body: Members;
  /** Where the simulator is reached, for addresses it hands out. */
  baseUrl: string;
}

export interface KakaoPayAnswer {
  status: number;
  /** Null is an empty body. */
  body: Members | null;
}

/** What a call answers if all is well. */
export type KakaoPayHandler = (request: KakaoPayRequest) => Members;

export interface Route {
  generation: Generation;
  /** Null where nothing is under the current base. */
  call: CallName | null;
}

/** Null for a path that isn't KakaoPay's: the legacy base is the T store's too, so there only the calls are. */
export function routeOf(path: string): Route | null {
  const { current, legacy } = BASES;
  if (path === current || path.startsWith(`${current}/`)) {
    return { generation: 'current', call: callAt(path.slice(current.length)) };
  }
  const call = path.startsWith(`${legacy}/`) ? callAt(path.slice(legacy.length)) : null;
  return call === null ? null : { generation: 'legacy', call };
}

function callAt(path: string): CallName | null {
  return CALLS.find((call) => PATHS[call] === path) ?? null;
}
