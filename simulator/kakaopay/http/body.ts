import type { Exchange } from '../../shared/http/exchange';
import { membersOf, type Members } from '../../shared/http/members';
import type { Generation } from './generations';

/** JSON of the current generation; a form of the legacy one, or its query. Null for what is neither. */
export function readBody(exchange: Exchange, generation: Generation, text: string | null): Members | null {
  if (text === null) return null;
  const type = exchange.header('content-type').toLowerCase();
  if (generation === 'legacy') {
    if (text !== '' && !type.startsWith('application/x-www-form-urlencoded')) return null;
    return Object.fromEntries([...exchange.query, ...new URLSearchParams(text)]);
  }
  if (!type.startsWith('application/json')) return null;
  try {
    return membersOf(JSON.parse(text));
  } catch {
    return null;
  }
}
