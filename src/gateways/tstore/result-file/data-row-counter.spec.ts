import { pipeline } from 'node:stream/promises';
import { countDataRows } from './data-row-counter';

async function passThrough(...chunks: string[]): Promise<{ rowCount: number; content: string }> {
  const counting = countDataRows();
  const passed: Buffer[] = [];
  await pipeline(
    chunks.map((chunk) => Buffer.from(chunk)),
    counting,
    async (bytes: AsyncIterable<Buffer>) => {
      for await (const chunk of bytes) passed.push(chunk);
    },
  );
  return { rowCount: counting.rowCount, content: Buffer.concat(passed).toString('utf8') };
}

describe('countDataRows', () => {
  it.each([
    [0, ['']],
    [0, ['id,cmId\n']],
    [0, ['id']],
    [0, ['\uFEFF', 'i', 'd', '\r', '\n', '\r\n', '\n']],
    [1, ['id,cmId\n1,a']],
    [2, ['1,a\n2,b\n']],
    [2, ['\uFEFF1,a\r\n', '2', ',b\r', '\n\r\n\n']],
    [3, ['id,cmId\n1,', 'a\n2,b\nid,cmId\n']],
    [1, ['ids,cmId\n']],
    [0, [' ', '\t\r\n', '   ']],
    [1, ['1,a\n', '  \n', ' '.repeat(20), ' \r\n  ']],
    [2, ['\uFEFF  \n', 'id,cmId\n1,a\n', ' '.repeat(30), 'x\n']],
    [0, ['\uFEFF', ' '.repeat(16_384), '\r\n']],
    [1, [' '.repeat(16_385), '\r\n']],
  ])('counts %d data rows and passes the bytes on unchanged: %j', async (rowCount, chunks) => {
    expect(await passThrough(...chunks)).toEqual({ rowCount, content: chunks.join('') });
  });
});
