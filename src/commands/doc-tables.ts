import { ROLES, SCOPES } from '../admin';
import { ERROR_CODES, type ErrorCode } from '../kernel/error-codes';
import { DomainError } from '../kernel/errors';
import { problemOf } from '../platform/http-server';

/** The tables of `docs/admin-api.md` that the code knows better, by the name of their place there. */
export function docTables(): Record<string, string> {
  return { scopes: scopeTable(), errors: errorTable() };
}

/** Puts the tables into their places, between `<!-- name -->` and `<!-- /name -->`. */
export function withTables(text: string): string {
  return Object.entries(docTables()).reduce((filled, [name, table]) => {
    const place = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
    return filled.replace(place, (_, begin: string, end: string) => `${begin}\n${table}\n${end}`);
  }, text);
}

function scopeTable(): string {
  const rows = Object.entries(SCOPES).map(([scope, roles]) => [
    `\`${scope}\``,
    ...ROLES.map((role) => ((roles as readonly string[]).includes(role) ? '✓' : '')),
  ]);
  return markdownTable(['scope', ...ROLES], rows);
}

function errorTable(): string {
  const rows = (Object.keys(ERROR_CODES) as ErrorCode[]).map((code) => {
    const { status, title, retryable } = problemOf(new DomainError(code, ''), '');
    return [`\`${code}\``, String(status), retryable ? 'yes' : '', title];
  });
  rows.sort(([, one], [, other]) => Number(one) - Number(other));
  return markdownTable(['code', 'status', 'retryable', 'meaning'], rows);
}

/** Laid out as the formatter lays tables out. */
function markdownTable(head: string[], rows: string[][]): string {
  const widths = head.map((name, at) =>
    Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0), name.length, 3),
  );
  const line = (cells: string[], fill: string): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0, fill)).join(' | ')} |\n`;
  const ruler = line(
    head.map(() => ''),
    '-',
  );
  return line(head, ' ') + ruler + rows.map((row) => line(row, ' ')).join('');
}
