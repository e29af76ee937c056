import type { Logger as Pino } from 'pino';

/** What a log line says besides its message. An `Error` among them is written with its stack and causes. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * The log of the service: one JSON object a line. Secrets are masked on the way out, whatever is passed in; that is the
 * last defence and no licence to log them.
 */
export abstract class Logger {
  abstract trace(message: string, fields?: LogFields): void;
  abstract debug(message: string, fields?: LogFields): void;
  abstract info(message: string, fields?: LogFields): void;
  abstract warn(message: string, fields?: LogFields): void;
  abstract error(message: string, fields?: LogFields): void;
  abstract fatal(message: string, fields?: LogFields): void;
  /** @returns a logger that adds these fields to each of its lines. */
  abstract child(fields: LogFields): Logger;
}

export class PinoLogger extends Logger {
  constructor(private readonly pino: Pino) {
    super();
  }

  trace(message: string, fields: LogFields = {}): void {
    this.pino.trace(fields, message);
  }

  debug(message: string, fields: LogFields = {}): void {
    this.pino.debug(fields, message);
  }

  info(message: string, fields: LogFields = {}): void {
    this.pino.info(fields, message);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.pino.warn(fields, message);
  }

  error(message: string, fields: LogFields = {}): void {
    this.pino.error(fields, message);
  }

  fatal(message: string, fields: LogFields = {}): void {
    this.pino.fatal(fields, message);
  }

  child(fields: LogFields): Logger {
    return new PinoLogger(this.pino.child({ ...fields }));
  }
}
