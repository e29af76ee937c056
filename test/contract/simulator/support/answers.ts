import type { Answer } from './merchant';

/** Answers are read loosely on purpose. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = Record<string, any>;

export function read(answer: Answer): Json {
  return JSON.parse(answer.body.toString('utf8')) as Json;
}

/** The same, of an answer that must be a yes. */
export function readOk(answer: Answer): Json {
  const body = read(answer);
  if (answer.status !== 200) throw new Error(`answered ${String(answer.status)} ${JSON.stringify(body)}`);
  return body;
}
