/** Bounds a batch: a megabyte is some 3,000 lines of a result file, 8,000 of a request file. */
const MAX_CHUNK_BYTES = 1024 * 1024;

/** A byte stream's chunks as Buffers, none longer than a megabyte whatever the source hands over. */
export async function* chunksOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < bytes.length; at += MAX_CHUNK_BYTES) yield bytes.subarray(at, at + MAX_CHUNK_BYTES);
  }
}
