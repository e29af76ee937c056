import { open, rm } from 'node:fs/promises';
import type { Strike } from '../faults/armed-faults';
import type { TstoreExchange } from '../exchange';
import { RequestFileReader } from './request-file';
import type { RequestRows } from './request-rows';

export type Upload =
  | { kind: 'read'; rows: RequestRows; problem: string | null }
  /** The connection ended before the file did; whatever came is thrown away. */
  | { kind: 'broken-off' };

/**
 * Streams the body of a submission to disk while reading its rows. Its charset label is wrong, and not looked at
 * (docs/protocol/tstore.md, section 2).
 */
export async function receiveUpload(
  exchange: TstoreExchange,
  path: string,
  mid: string,
  cutting: Strike | null,
): Promise<Upload> {
  const reader = new RequestFileReader(mid);
  const file = await open(path, 'w');
  let received = 0;
  try {
    for await (const chunk of exchange.request as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (cutting && received >= cutting.number('afterBytes')) {
        exchange.cut();
        break;
      }
      reader.push(chunk);
      await file.write(chunk);
    }
  } catch {
    exchange.cut();
  } finally {
    await file.close();
  }
  if (exchange.status === null) {
    await rm(path, { force: true });
    return { kind: 'broken-off' };
  }
  const rows = reader.finish(path);
  return { kind: 'read', rows, problem: reader.problem ?? (rows.count === 0 ? 'The file has no rows' : null) };
}
