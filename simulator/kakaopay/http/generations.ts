import type { Members } from '../../shared/http/members';
import type { Extras } from '../error-codes';

/** The two forms of one API: the legacy one's paths, keys, bodies and errors are its own. */
export type Generation = 'current' | 'legacy';

export const BASES: Readonly<Record<Generation, string>> = {
  current: '/online/v1/payment',
  legacy: '/v1/payment',
};

/** An error as its generation has it. */
export function errorBody(generation: Generation, code: number, message: string, extras: Extras | null): Members {
  const more = extras === null ? {} : { extras };
  return generation === 'current'
    ? { error_code: code, error_message: message, ...more }
    : { msg: message, code, ...more };
}

export function otherGeneration(generation: Generation): Generation {
  return generation === 'current' ? 'legacy' : 'current';
}
