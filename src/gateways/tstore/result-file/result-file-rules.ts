import { RESULT_FILE_COLUMNS } from '../wire';

const FIRST_PRINTABLE = 0x21;
const LAST_PRINTABLE = 0x7e;

/** Some fifty times a usual line. Longer means that the newlines are lost, and memory must stay flat then too. */
export const MAX_RESULT_LINE_BYTES = 16_384;

/**
 * More than any file with so many rows has, at ten times the usual line: an answer without an end must not fill the disk.
 */
export function maxResultFileBytes(rows: number): number {
  return 1024 * 1024 + rows * 2_048;
}

/** About how many bytes a file with so many rows has, at twice the usual line. */
export function usualResultFileBytes(rows: number): number {
  return rows * 512;
}

/** Three times the gateway's own; longer ones could be neither looked up nor indexed. */
export const MAX_TRANSACTION_ID_BYTES = 128;

/** Printable ASCII, as it can stand in a path and a header. */
export const TRANSACTION_ID_BYTES = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= FIRST_PRINTABLE && byte <= LAST_PRINTABLE ? 1 : 0,
);

/** Longer ones are not looked at: a transaction id has some forty characters. */
export const LONGEST_NEARLY_NONE = 4;

/** What other programs write for nothing. It is neither the gateway's `None` nor the id of a payment. */
export const NEARLY_NONE = /^(none|null|nil|n\/a|[-0]+)$/i;

/**
 * A code that can be read as a decline, as PostgreSQL's regular expression. No code but `0000` is published, so any plain
 * word is one; but not what comes near the one code that means money, such as `0000` with a blank behind it, in digits
 * of another width, or of another length.
 */
export const DECLINE_CODE_PATTERN = '^(?=.*[1-9A-NP-Za-np-z])[0-9A-Za-z][0-9A-Za-z_.-]{0,31}$';

const SPACE = 0x20;
const TAB = 0x09;
const CR = 0x0d;

/** Whether nothing but blanks stands there: such a line is no row, like an empty one. */
export function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== TAB && byte !== CR) return false;
  }
  return true;
}

const HEADER_FIRST_COLUMN = RESULT_FILE_COLUMNS[0];

/** Enough of a line's beginning to say whether it is the header. */
export const HEADER_PROBE_BYTES = HEADER_FIRST_COLUMN.length + 1;

/**
 * The header is known by its first column's name and may be absent; its exact text is nowhere documented.
 *
 * @param beginning of the first line that is not blank, without byte order mark and line end
 */
export function startsResultFileHeader(beginning: string): boolean {
  const comma = beginning.indexOf(',');
  return (comma < 0 ? beginning : beginning.slice(0, comma)).toLowerCase() === HEADER_FIRST_COLUMN;
}

/** Whether the header names the columns that are read here, in their order; the ninth amount has two names. */
export function isExpectedResultFileHeader(line: string): boolean {
  return line.replace(/,amtRms,/i, ',amtTms,').toLowerCase() === RESULT_FILE_COLUMNS.join(',').toLowerCase();
}
