const MEGABYTE = 1024 * 1024;

/** A source that gives the same piece again and again, up to so many megabytes, and watches the process's memory. */
export function endlessly(piece: string | Buffer, megabytes: number) {
  const bytes = Buffer.from(piece);
  const pieces = Math.ceil((megabytes * MEGABYTE) / bytes.length);
  const before = resident();
  let highest = before;
  async function* repeat(): AsyncGenerator<Buffer> {
    for (let count = 0; count < pieces; count++) {
      if (count % 64 === 0) {
        // Lets the process be more than this loop, and what is no longer needed go.
        await new Promise((resolve) => setImmediate(resolve));
        highest = Math.max(highest, resident());
      }
      yield bytes;
    }
  }
  return { source: repeat(), pieces, memory: { grownMegabytes: () => (highest - before) / MEGABYTE } };
}

function resident(): number {
  return process.memoryUsage.rss();
}
