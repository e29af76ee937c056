import pino, { type Logger as Pino } from 'pino';
import type { LoggingConfig } from '../../config';
import { SystemClock, type Clock } from '../clock';
import { messageOf } from '../../kernel/errors';
import { BUFFERED, DailyFile } from './daily-file';
import { Logger, PinoLogger } from './logger';
import { maskFields, maskText } from './mask';

/** Where lines go; standard output unless told otherwise. */
export interface LogDestination {
  write(line: string): void;
  flushSync?(): void;
  close?(): void;
}

/** The one logger that all others are children of, and the streams behind it. */
export interface RootLogger {
  logger: Logger;
  /** For Fastify, which wants the library's own logger. */
  pino: Pino;
  /** Writes what is still in memory, for the moment before the process ends. */
  flush(): void;
  close(): Promise<void>;
}

/**
 * Opens the log: JSON lines to standard output and, when a directory is set, to daily files. Its clock is the machine's,
 * whatever time the service is made to believe in: a log tells when things really happened.
 *
 * @throws when the directory can't be written to
 */
export function openRootLogger(
  config: LoggingConfig,
  options: { clock?: Clock; destination?: LogDestination } = {},
): RootLogger {
  const output = options.destination ?? openStandardOutput();
  const clock = options.clock ?? new SystemClock();
  const file = openDailyFile(config, clock, output);
  const flush = (): void => {
    output.flushSync?.();
    file?.flush();
  };
  const tee: LogDestination = {
    write(line) {
      const masked = maskText(line);
      output.write(masked);
      file?.write(masked);
      if (!ROUTINE_LINE.test(masked)) flush();
    },
  };
  const root = pino({ ...PINO_OPTIONS, level: config.level, timestamp: timeMember(clock) }, tee);
  return {
    logger: new PinoLogger(root),
    pino: root,
    flush,
    async close() {
      output.flushSync?.();
      output.close?.();
      await file?.close();
    },
  };
}

const PINO_OPTIONS = {
  base: { pid: process.pid },
  errorKey: 'error',
  // Errors have been written out by then; the library's own way would take every member of theirs along.
  serializers: { error: (error: unknown) => error, err: (error: unknown) => error },
  formatters: {
    level: (label: string) => ({ level: label }),
    bindings: maskFields,
    log: maskFields,
  },
};

/** Lines that may wait to be written together with others; what is worse than these is written at once. */
const ROUTINE_LINE = /^\{"level":"(?:trace|debug|info)"/;

/** A full disk or a closed terminal must not end the service; there is nowhere left to say so. */
function openStandardOutput(): LogDestination {
  // Flushed by a timer of ours, which ends with the log: the library's ends with its stream, and what is told even later
  // is to be written still.
  const output = pino.destination({ dest: 1, ...BUFFERED, periodicFlush: 0 });
  output.on('error', () => undefined);
  const flushing = setInterval(() => output.flush(), BUFFERED.periodicFlush).unref();
  return {
    write: (line) => void output.write(line),
    flushSync() {
      try {
        output.flushSync();
      } catch {
        // See above.
      }
    },
    close: () => clearInterval(flushing),
  };
}

/** @returns the time member of a line, written once for all lines of one millisecond */
function timeMember(clock: Clock): () => string {
  let at = Number.NaN;
  let member = '';
  return () => {
    const now = clock.now();
    if (now.getTime() === at) return member;
    at = now.getTime();
    member = `,"time":"${now.toISOString()}"`;
    return member;
  };
}

function openDailyFile(config: LoggingConfig, clock: Clock, output: LogDestination): DailyFile | undefined {
  if (config.directory === undefined) return undefined;
  return new DailyFile({
    directory: config.directory,
    retentionDays: config.retentionDays,
    clock,
    onError: (error) =>
      output.write(`${JSON.stringify({ level: 'error', msg: 'log file not written', reason: messageOf(error) })}\n`),
  });
}
