import { hash } from 'node:crypto';
import { storable, storableText, type NotificationMembers, type ReadMessage } from '../../../inbox';
import { parseJson } from '../../../platform/json';

/** A notification as PNS sends it; the five members are strings on the wire, `null` where one is missing. */
export interface NotificationMessage {
  members: NotificationMembers;
  /** Members we don't know, kept for whoever learns to; `null` when there are none. */
  otherMembers: Record<string, unknown> | null;
}

/** Our names for the members, by the names PNS sends (docs/protocol/tstore.md, section 6). */
const WIRE_NAMES: Readonly<Record<string, keyof NotificationMembers>> = {
  notifyVersion: 'notifyVersion',
  event: 'event',
  status: 'status',
  jobId: 'gatewayJobId',
  updateTime: 'updateTime',
};

/**
 * Reads a body as JSON, then as a form, whatever its content type says: PNS has sent both, and labels may be wrong.
 *
 * @returns `undefined` when it is neither a JSON object nor a form with at least one known member
 */
export function readMessage(body: Buffer): NotificationMessage | undefined {
  const text = body.toString('utf8').replace(/^\uFEFF/, '');
  return readJson(text) ?? readForm(text);
}

/**
 * What makes it the same message when it is sent again: the callback token's hash and the five members, or the raw body
 * when it has none of them.
 */
export function identityOf(
  callbackTokenHash: Buffer | null,
  { members }: NotificationMessage,
  body: Buffer,
): ReadMessage['identity'] {
  const { notifyVersion, event, status, gatewayJobId, updateTime } = members;
  const five = [notifyVersion, event, status, gatewayJobId, updateTime];
  const told = five.every((member) => member === null) ? [sha256(body).toString('hex')] : five;
  return [callbackTokenHash?.toString('hex') ?? null, ...told];
}

export function sha256(content: string | Buffer): Buffer {
  return hash('sha256', content, 'buffer');
}

function readJson(text: string): NotificationMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return messageOf(Object.entries(value), text);
}

function readForm(text: string): NotificationMessage | undefined {
  const fields = new URLSearchParams(text);
  if (!Object.keys(WIRE_NAMES).some((name) => fields.has(name))) return undefined;
  return messageOf(fields, text);
}

function messageOf(entries: Iterable<[string, unknown]>, source: string): NotificationMessage {
  const members: { -readonly [Name in keyof NotificationMembers]: NotificationMembers[Name] } = {
    notifyVersion: null,
    event: null,
    status: null,
    gatewayJobId: null,
    updateTime: null,
  };
  const others: [string, unknown][] = [];
  for (const [name, value] of entries) {
    const ours = Object.hasOwn(WIRE_NAMES, name) ? WIRE_NAMES[name] : undefined;
    if (ours === undefined) others.push([storableText(name), storable(value)]);
    else members[ours] = memberText(name, value, source);
  }
  return { members, otherMembers: others.length === 0 ? null : Object.fromEntries(others) };
}

/** Members are strings on the wire; what comes as something else is kept as the text of it. */
function memberText(name: string, value: unknown, source: string): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'number') return numberText(name, value, source);
  return storableText(JSON.stringify(storable(value)));
}

/**
 * PNS is asked about a message word by word, so a number is kept as it was written: `1.0` is not `1`, and an id above 2^53
 * is not rounded. Hardly any message has one, so only those that do are read a second time.
 */
function numberText(name: string, value: number, source: string): string {
  try {
    return String((parseJson(source) as Record<string, unknown>)[name]);
  } catch {
    // Nested deeper than can be read so.
    return String(value);
  }
}
