import { open, stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import type { TstoreFaults, Strike } from '../faults/armed-faults';
import type { FaultKind } from '../faults/catalogue';
import { delay } from '../../shared/http/delay';
import type { TstoreExchange } from '../exchange';
import type { Job } from './job';
import { drawnPositions, LINE_EDITS, type LineEdit } from './line-edits';
import { LineScanner } from './line-scanner';

interface DrawnEdit {
  strike: Strike;
  edit: LineEdit;
  positions: Set<number>;
}

interface FileShape {
  header: boolean;
  lineEnd: '\n' | '\r\n';
  edits: DrawnEdit[];
}

/** Enough to find a multi-byte character in any file that has one in sight. */
const LOOK_AHEAD_BYTES = 64 * 1024;

/** Without it a short part would die in the socket's buffer, and the cut would look like a refused connection. */
const LEAVE_BEFORE_CUT_MS = 30;

/** The stages that change lines of the file on its way out; none when no such fault strikes. */
export function damageLines(faults: TstoreFaults, exchange: TstoreExchange, job: Job, askedJobId: string): Transform[] {
  const strike = (kind: FaultKind): Strike | null => faults.strikeOn(exchange, kind, { jobId: askedJobId });
  const lineCount = Math.min(job.processedRows, job.rows.count);
  const edits: DrawnEdit[] = [];
  const taken = new Set<number>();
  for (const [kind, edit] of LINE_EDITS) {
    const drawn = strike(kind);
    if (!drawn) continue;
    const positions = drawnPositions(drawn, drawn.number('lines'), lineCount, taken);
    positions.forEach((position) => taken.add(position));
    edits.push({ strike: drawn, edit, positions });
  }
  const header = strike('result-without-header') === null;
  const lineEnd = strike('result-crlf') ? '\r\n' : '\n';
  const stages: Transform[] = [];
  if (edits.length > 0 || !header || lineEnd !== '\n') stages.push(lineStage({ header, lineEnd, edits }));
  const blank = strike('result-blank-lines');
  if (blank) stages.push(suffixStage(`${' '.repeat(blank.number('blanks'))}${lineEnd}`.repeat(blank.number('lines'))));
  if (strike('result-bom')) stages.push(prefixStage(Buffer.from([0xef, 0xbb, 0xbf])));
  return stages;
}

/** The stages that end or slow the stream of bytes; none when no such fault strikes. */
export async function damageBytes(
  faults: TstoreFaults,
  exchange: TstoreExchange,
  job: Job,
  askedJobId: string,
): Promise<Transform[]> {
  const stages: Transform[] = [];
  const truncated = faults.strikeOn(exchange, 'result-truncated', { jobId: askedJobId });
  if (truncated) {
    const endAt = await shareOf(job.resultPath, truncated);
    const inside = truncated.flag('midCharacter') ? await insideCharacter(job.resultPath, endAt) : endAt;
    stages.push(limitStage(inside, null));
  }
  const cut = faults.strikeOn(exchange, 'result-cut', { jobId: askedJobId });
  if (cut) stages.push(limitStage(await shareOf(job.resultPath, cut), () => exchange.cut()));
  const drip = faults.strikeOn(exchange, 'result-drip', { jobId: askedJobId });
  if (drip) stages.push(dripStage(Math.max(1, drip.number('bytes')), drip.number('everyMs')));
  const held = faults.strikeOn(exchange, 'result-held', { jobId: askedJobId });
  if (held) stages.push(dripStage(1, held.number('everyMs'), held.disarmed));
  return stages;
}

function lineStage(shape: FileShape): Transform {
  let out: string[] = [];
  let position = -1;
  const scanner = new LineScanner((bytes, start, end) => {
    const line = bytes.toString('latin1', start, end);
    if (position >= 0 || shape.header) {
      for (const edited of editLine(shape, position, line)) out.push(edited, shape.lineEnd);
    }
    position += 1;
  });
  const flush = (): Buffer => {
    const bytes = Buffer.from(out.join(''), 'latin1');
    out = [];
    return bytes;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      scanner.push(chunk);
      done(null, flush());
    },
    flush(done) {
      scanner.end();
      done(null, flush());
    },
  });
}

function editLine(shape: FileShape, position: number, line: string): string[] {
  let lines = [line];
  for (const { strike, edit, positions } of shape.edits) {
    if (positions.has(position)) lines = lines.flatMap((one) => edit(one, strike));
  }
  return lines;
}

function prefixStage(prefix: Buffer): Transform {
  let isFirst = true;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, isFirst ? Buffer.concat([prefix, chunk]) : chunk);
      isFirst = false;
    },
  });
}

function suffixStage(suffix: string): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(null, chunk),
    flush: (done) => done(null, Buffer.from(suffix)),
  });
}

/** Lets so many bytes through; then either swallows the rest, so that the answer ends properly, or cuts. */
function limitStage(limit: number, cut: (() => void) | null): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const part = chunk.subarray(0, Math.max(0, limit - passed));
      passed += part.length;
      this.push(part);
      if (cut && part.length < chunk.length) void delay(LEAVE_BEFORE_CUT_MS).then(cut);
      else done();
    },
  });
}

/** @param until lets the rest through at once */
function dripStage(bytes: number, everyMs: number, until?: Promise<void>): Transform {
  let isOver = false;
  const over = until?.then(() => (isOver = true));
  const drip = async (chunk: Buffer, target: Transform): Promise<void> => {
    let start = 0;
    while (start < chunk.length && !target.destroyed) {
      const end = isOver ? chunk.length : start + bytes;
      target.push(chunk.subarray(start, end));
      start = end;
      await (over === undefined ? delay(everyMs) : Promise.race([delay(everyMs), over]));
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      void drip(chunk, this).then(() => done(), done);
    },
  });
}

async function shareOf(path: string, strike: Strike): Promise<number> {
  return Math.floor((await stat(path)).size * Math.min(1, strike.number('share')));
}

/** The first place from there on that is inside a multi-byte character; the place itself if there is none near. */
async function insideCharacter(path: string, from: number): Promise<number> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(LOOK_AHEAD_BYTES), 0, LOOK_AHEAD_BYTES, from);
    const lead = buffer.subarray(0, bytesRead).findIndex((byte) => byte >= 0xc0);
    return lead < 0 ? from : from + lead + 1;
  } finally {
    await file.close();
  }
}
