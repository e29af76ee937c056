/** What is nested deeper is dropped; the raw body keeps it. PostgreSQL refuses very deep jsonb, and so does JSON.stringify. */
const MAX_DEPTH = 32;

/** What PostgreSQL can hold neither in text nor in jsonb: NUL and halves of surrogate pairs. */
const UNSTORABLE = /\0|\p{Surrogate}/gu;

/** What came as JSON, as PostgreSQL can hold it. */
export function storable(value: unknown, depth = 1): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => storable(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [storableText(name), storable(member, depth + 1)]),
  );
}

export function storableText(text: string): string {
  return text.replace(UNSTORABLE, '\uFFFD');
}
