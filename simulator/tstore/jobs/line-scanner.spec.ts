import { LineScanner } from './line-scanner';

interface Line {
  text: string;
  offset: number;
}

function scan(text: string, size: number): Line[] {
  const bytes = Buffer.from(text, 'utf8');
  const lines: Line[] = [];
  const scanner = new LineScanner((buffer, start, end, offset) =>
    lines.push({ text: buffer.toString('utf8', start, end), offset }),
  );
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
  scanner.end();
  expect(scanner.bytesSeen).toBe(bytes.length);
  return lines;
}

test.each([1, 2, 3, 5, 1000])('lines come whole out of chunks of %i bytes, with their places in the file', (size) => {
  const text = '가나다,1\n\r\nzwei\r\n\n끝';
  expect(scan(text, size)).toEqual([
    { text: '가나다,1', offset: 0 },
    { text: 'zwei', offset: 14 },
    { text: '끝', offset: 21 },
  ]);
});

test.each(['', '\n', '\r\n\r\n'])('%j holds no line', (text) => {
  expect(scan(text, 1)).toEqual([]);
});

test('a CR inside a line belongs to it', () => {
  expect(scan('a\rb\r\n', 100)).toEqual([{ text: 'a\rb', offset: 0 }]);
});
