import { WholeLines, chunksOf } from '../../../platform/lines';
import { LineFields } from '../line-fields';
import { MAX_RESULT_LINE_BYTES } from './result-file-rules';

/** A line of a result file as it came, without its line end. */
export interface RawLine {
  /** As {@link ResultFileParser} counts them. */
  lineNumber: number;
  /** At most a little over the longest line that is read at all. */
  raw: Buffer;
}

/**
 * Finds some lines of a result file again, by their numbers.
 *
 * @param lineNumbers in ascending order
 * @throws only what the source throws
 */
export async function* readRawLines(
  source: AsyncIterable<Uint8Array>,
  lineNumbers: readonly number[],
): AsyncGenerator<RawLine, void, undefined> {
  const lines = new WholeLines(MAX_RESULT_LINE_BYTES);
  const fields = new LineFields(1);
  let lineNumber = 0;
  let next = 0;
  function* wanted(block: Buffer): Generator<RawLine> {
    fields.open(block);
    while (next < lineNumbers.length && fields.advance()) {
      lineNumber += 1;
      if (lineNumber !== lineNumbers[next]) continue;
      next += 1;
      yield { lineNumber, raw: Buffer.from(fields.bytes(MAX_RESULT_LINE_BYTES)) };
    }
  }
  for await (const chunk of chunksOf(source)) {
    yield* wanted(lines.push(chunk));
    if (next === lineNumbers.length) return;
  }
  yield* wanted(lines.end());
}
