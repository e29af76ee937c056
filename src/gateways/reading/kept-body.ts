import { hash } from 'node:crypto';
import { stringifyJson } from '../../platform/json';
import { isJsonObject, parseJsonText, type JsonMembers } from './json-members';

/** No gateway's message has a secret further in; a stranger's may be nested as deep as can be. */
const DEEPEST = 4;

/**
 * A body as it may be kept: with the hash of each secret in its place, so that it can still be told whether it is the same.
 *
 * @param names of members by which something can be done, or said to be genuine
 * @returns `undefined` where nothing in it is secret: then it is kept to the byte
 */
export function keptBodyOf(body: Buffer, names: ReadonlySet<string>): Buffer | undefined {
  const json = parseJsonText(body);
  if (!isJsonObject(json)) return undefined;
  const kept = withoutSecrets(json, names);
  return kept === json ? undefined : Buffer.from(stringifyJson(kept));
}

/** @returns the same object where there is none */
function withoutSecrets(members: JsonMembers, names: ReadonlySet<string>, depth = 1): JsonMembers {
  const changed = Object.entries(members).flatMap(([name, value]): [string, unknown][] => {
    if (names.has(name) && typeof value === 'string' && value !== '')
      return [[name, `sha256:${hash('sha256', value)}`]];
    if (!isJsonObject(value) || depth === DEEPEST) return [];
    const inner = withoutSecrets(value, names, depth + 1);
    return inner === value ? [] : [[name, inner]];
  });
  return changed.length === 0 ? members : { ...members, ...Object.fromEntries(changed) };
}
