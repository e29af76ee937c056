import type { LoggerService } from '@nestjs/common';
import type { Logger, LogFields } from './logger';

/** Contexts in which Nest tells of every module and route it sets up; of use only when a start is being debugged. */
const CHATTY_CONTEXTS = new Set([
  'InstanceLoader',
  'RouterExplorer',
  'RoutesResolver',
  'NestFactory',
  'NestApplication',
]);

/** Nest's own messages, into our log. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const context = contextOf(rest);
    if (context !== undefined && CHATTY_CONTEXTS.has(context)) this.logger.debug(...lineOf(message, rest));
    else this.logger.info(...lineOf(message, rest));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error(...lineOf(message, rest));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(...lineOf(message, rest));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(...lineOf(message, rest));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.trace(...lineOf(message, rest));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.logger.fatal(...lineOf(message, rest));
  }
}

/** Nest passes the context last, and for errors the stack before it. */
function contextOf(rest: readonly unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' ? last : undefined;
}

function lineOf(message: unknown, rest: readonly unknown[]): [string, LogFields] {
  const context = contextOf(rest);
  const others = rest.slice(0, context === undefined ? undefined : -1).filter((other) => other != null);
  const fields: LogFields = {
    ...(context !== undefined && { context }),
    ...(others.length > 0 && { with: others }),
    ...(message instanceof Error && { error: message }),
  };
  if (message instanceof Error) return [message.message, fields];
  return typeof message === 'string' ? [message, fields] : ['', { ...fields, content: message }];
}
