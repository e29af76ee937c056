import { readRawLines } from './raw-lines';

async function linesOf(text: string, chunkBytes: number, lineNumbers: number[]): Promise<[number, string][]> {
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const found: [number, string][] = [];
  for await (const line of readRawLines(chunks(), lineNumbers)) found.push([line.lineNumber, line.raw.toString()]);
  return found;
}

describe('readRawLines', () => {
  const text = 'id,cmId\r\n1,동영상\n\n3,c\r\n4,last';

  it.each([1, 2, 3, 5, 1_000])('finds lines by number, however the bytes are cut (%d at a time)', async (size) => {
    expect(await linesOf(text, size, [2, 5])).toEqual([
      [2, '1,동영상'],
      [5, '4,last'],
    ]);
    expect(await linesOf(text, size, [1, 3, 4])).toEqual([
      [1, 'id,cmId'],
      [3, ''],
      [4, '3,c'],
    ]);
  });

  it('finds nothing where nothing is asked for or the file is shorter', async () => {
    expect(await linesOf(text, 4, [])).toEqual([]);
    expect(await linesOf(text, 4, [9])).toEqual([]);
  });
});
