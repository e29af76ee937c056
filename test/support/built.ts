import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** @returns where the build puts a source, such as `src/main`: processes that tests start run what is built, as an operator’s do */
export function built(source: string): string {
  return resolve(ROOT, 'dist', `${source}.js`);
}
