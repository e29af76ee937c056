import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = join(__dirname, '../recorded-calls.json');

/** What differs from run to run; none changes the length of a body. A tid holds a time, so it is replaced before it. */
export interface Varying {
  accessToken: string;
  notiUrl: string;
  firstTid: string;
  secondTid: string;
  updateTime: string;
  authKey: string;
}

/** One request of the official client, byte for byte but for its variable parts, which stand as `{{name}}`. */
export interface RecordedRequest {
  host: string;
  request: string;
}

export function readRecording(): RecordedRequest[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as RecordedRequest[];
}

export function writeRecording(requests: readonly RecordedRequest[]): void {
  writeFileSync(FILE, `${JSON.stringify(requests, null, 2)}\n`);
}

export function withNames(request: string, varying: Varying): string {
  return Object.entries(varying)
    .reduce((text, [name, value]) => text.replaceAll(value, `{{${name}}}`), request)
    .replace(/^User-Agent: Apache-HttpClient.*$/m, 'User-Agent: Apache-HttpClient');
}

export function withValues(request: string, varying: Varying): string {
  return Object.entries(varying).reduce((text, [name, value]) => text.replaceAll(`{{${name}}}`, value), request);
}
