import Negotiator from 'negotiator';
import { type DomainError } from '../../kernel/errors';
import { refusedFields } from '../../platform/http-server';

export const FORMATS = ['json', 'csv', 'xlsx'] as const;
export type ListFormat = (typeof FORMATS)[number];

/** What a list may be answered as. */
export const MEDIA_TYPES = {
  json: 'application/json',
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const satisfies Record<ListFormat, string>;

/**
 * Which form a list is asked for in: the address speaks louder than the header, and who accepts nothing of ours gets JSON.
 *
 * @throws {DomainError} `invalid-request` for a format there is none of
 */
export function formatOf(format: unknown, accept: string | undefined): ListFormat {
  if (format === undefined) {
    const accepted = new Negotiator({ headers: { accept } }).mediaTypes(Object.values(MEDIA_TYPES))[0];
    return FORMATS.find((one) => MEDIA_TYPES[one] === accepted) ?? 'json';
  }
  const known = FORMATS.find((one) => one === format);
  if (known === undefined) throw invalid('format', 'json, csv or xlsx');
  return known;
}

/** Whether a CSV begins with a byte order mark. @throws {DomainError} `invalid-request` for neither true nor false */
export function bomOf(bom: unknown): boolean {
  if (bom !== undefined && bom !== 'true' && bom !== 'false') throw invalid('bom', 'true or false');
  return bom !== 'false';
}

function invalid(field: string, expected: string): DomainError {
  return refusedFields([{ field, expected }]);
}
