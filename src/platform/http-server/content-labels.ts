import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { DomainError } from '../../kernel/errors';

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)"?/i;
/** ASCII is UTF-8 too; none stated is what most senders do. */
const UTF8_LABELS = ['utf-8', 'utf8', 'us-ascii'];

/**
 * Refuses a body whose label says it is no UTF-8: read as such it would be other words, in silence.
 *
 * @throws {DomainError} `unsupported-content-type`
 */
export function assertLabelledUtf8({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): void {
  const labels = valuesOf(rawHeaders, 'content-type');
  if (labels.length > 1) throw new DomainError('invalid-request', 'The header Content-Type stands more than once.');
  const charset = CHARSET.exec(labels[0] ?? '')?.[1]?.toLowerCase();
  if (charset === undefined || UTF8_LABELS.includes(charset)) return;
  throw new DomainError('unsupported-content-type', 'Send text in UTF-8, labelled charset=utf-8 or not at all.');
}

/** @throws {DomainError} `invalid-request` */
export function assertUtf8(bytes: Buffer): void {
  if (!isUtf8(bytes)) throw notUtf8('body');
}

export function notUtf8(what: string): DomainError {
  const expected = 'text in UTF-8; this is another encoding, such as CP949 (EUC-KR)';
  return new DomainError('invalid-request', `The ${what} is not UTF-8.`, { faults: [{ field: what, expected }] });
}

/** All values a request has of a header; Node shows only the first of some. */
export function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}
