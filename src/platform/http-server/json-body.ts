import { DomainError, type InputFault } from '../../kernel/errors';
import { noSuchField, refusedFields } from './validation';

/** Ten times the deepest body there is; far below what recursion over it could take. */
const MOST_LEVELS = 32;

/**
 * Reads a JSON body. What JSON allows and no sender means is refused, so that nobody downstream has to think of it: members
 * that stand twice, members with the names of what every object has, and brackets without end.
 *
 * @param bytes valid UTF-8; none when there is no body, whatever its label says
 * @throws {DomainError} `invalid-request`
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  const text = bytes.toString('utf8');
  // Before parsing: what is parsed makes objects, and those have prototypes.
  const parsed = parse(text);
  const fault = faultOf(text);
  if (fault !== undefined) throw fault;
  return parsed;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused('can’t be read as JSON', { expected: 'JSON' });
  }
}

function refused(why: string, fault: InputFault): DomainError {
  return new DomainError('invalid-request', `The body ${why}.`, { faults: [fault] });
}

/** A string, with what tells a member's name from a value behind it; or a bracket. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[[\]{}]/gs;

/** @param text valid JSON, so that brackets and strings are all there is to look at */
function faultOf(text: string): DomainError | undefined {
  /** The names so far of each object that is open; an array has none. */
  const open: Set<string>[] = [];
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      open.push(new Set());
      if (open.length > MOST_LEVELS)
        return refused('is too deep', { expected: `at most ${MOST_LEVELS} levels of objects and arrays` });
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (colon !== undefined) {
      const name = JSON.parse(token.slice(0, -colon.length)) as string;
      const names = open.at(-1);
      if (names?.has(name)) return refused('has a member twice', { field: name, expected: 'each member once' });
      // It is JSON, and a member like any other that nobody knows.
      if (name in Object.prototype) return refusedFields([{ field: name, expected: noSuchField(name) }]);
      names?.add(name);
    }
  }
  return undefined;
}
