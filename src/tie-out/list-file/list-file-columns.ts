import { LIST_FIELDS, NEEDED_LIST_FIELDS, type ListField, type ReadsListFiles } from '../../gateways';
import type { InputFault } from '../../kernel/errors';

/** Which heading of a file is which field, as somebody says who has seen the file. */
export type StatedColumns = ReadonlyMap<ListField, string>;

/** Where a field stands in a file. */
export interface ListColumn {
  readonly field: ListField;
  readonly heading: string;
  readonly index: number;
}

/** What is expected of {@link readStatedColumns}. */
export const STATED_COLUMNS = `field:heading, separated by commas, of the fields ${LIST_FIELDS.join(', ')}`;

/** Reads `transactionId:거래번호,amount:금액`. @returns `undefined` where it can't be read */
export function readStatedColumns(text: string): StatedColumns | undefined {
  const stated = new Map<ListField, string>();
  for (const part of text === '' ? [] : text.split(',')) {
    const [, name, heading = ''] = /^([^:]+):(.+)$/.exec(part) ?? [];
    const field = LIST_FIELDS.find((one) => one === name?.trim());
    if (field === undefined || heading.trim() === '' || stated.has(field)) return undefined;
    stated.set(field, heading.trim());
  }
  return stated;
}

/** As it is compared: people write headings with blanks and capitals, or without. */
function bare(heading: string): string {
  return heading.normalize('NFC').replaceAll(/\s+/g, '').toLowerCase();
}

/**
 * The columns of a file by its headings: what is stated, and for the rest what the gateway's room expects.
 *
 * @returns them, or what is missing of those that there must be
 */
export function columnsOf(
  headings: readonly string[],
  { headings: expected }: ReadsListFiles,
  stated: StatedColumns,
): { columns: ListColumn[]; faults: InputFault[] } {
  const found = headings.map(bare);
  const columns: ListColumn[] = [];
  const faults: InputFault[] = [];
  for (const field of LIST_FIELDS) {
    const named = stated.get(field);
    const names = named === undefined ? expected[field] : [named];
    const index = names.map((name) => found.indexOf(bare(name))).find((at) => at >= 0);
    if (index !== undefined) columns.push({ field, heading: headings[index]?.trim() ?? '', index });
    else if (named !== undefined || NEEDED_LIST_FIELDS.some((one) => one === field)) {
      faults.push({ field, expected: `a column headed ${names.join(' or ')}, or another one that columns says` });
    }
  }
  return { columns, faults };
}
