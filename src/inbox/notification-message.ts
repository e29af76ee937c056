import { hash } from 'node:crypto';
import { parseJson } from '../platform/json';

/** The five members every notification is known by; `null` where the message lacked one. */
export interface NotificationMembers {
  notifyVersion: string | null;
  event: string | null;
  status: string | null;
  gatewayJobId: string | null;
  updateTime: string | null;
}

/** A notification as it was understood: nothing in it is trusted before PNS has confirmed it. */
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

/** What is nested deeper is dropped; the raw body keeps it. PostgreSQL refuses very deep jsonb, and so does JSON.stringify. */
const MAX_DEPTH = 32;

/** What PostgreSQL can hold neither in text nor in jsonb: NUL and halves of surrogate pairs. */
const UNSTORABLE = /\0|\p{Surrogate}/gu;

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
 * Identifies a message, so that the same one sent again is counted and not stored again: SHA-256 over the callback
 * token's hash and the five members, or over the raw body when it has none of them.
 */
export function messageKey(callbackTokenHash: Buffer | null, message: NotificationMessage, body: Buffer): Buffer {
  const { notifyVersion, event, status, gatewayJobId, updateTime } = message.members;
  const members = [notifyVersion, event, status, gatewayJobId, updateTime];
  const identity = members.every((member) => member === null) ? [sha256(body).toString('hex')] : members;
  return sha256(JSON.stringify([callbackTokenHash?.toString('hex') ?? null, ...identity]));
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
  const members: NotificationMembers = {
    notifyVersion: null,
    event: null,
    status: null,
    gatewayJobId: null,
    updateTime: null,
  };
  const others: [string, unknown][] = [];
  for (const [name, value] of entries) {
    const ours = Object.hasOwn(WIRE_NAMES, name) ? WIRE_NAMES[name] : undefined;
    if (ours === undefined) others.push([storableText(name), storable(value, 1)]);
    else members[ours] = memberText(name, value, source);
  }
  return { members, otherMembers: others.length === 0 ? null : Object.fromEntries(others) };
}

/** Members are strings on the wire; what comes as something else is kept as the text of it. */
function memberText(name: string, value: unknown, source: string): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'number') return numberText(name, value, source);
  return storableText(JSON.stringify(storable(value, 1)));
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

function storable(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => storable(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [storableText(name), storable(member, depth + 1)]),
  );
}

function storableText(text: string): string {
  return text.replace(UNSTORABLE, '\uFFFD');
}
