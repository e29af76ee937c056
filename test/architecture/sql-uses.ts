import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as ts from 'typescript';

/** Where a statement in the code names a table or a view. */
export interface SqlUse {
  /** Relative to the folder that was read. */
  file: string;
  name: string;
  how: 'reads' | 'writes';
}

const WRITES = 'INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|TRUNCATE(?: TABLE)?|COPY';
const IS_WRITE = new RegExp(`^(?:${WRITES})$`);
/** The word before a name, the name, and not a column or a function of it. */
const NAMED = new RegExp(
  String.raw`\b(${WRITES}|FROM|JOIN|USING)\s+(?:ONLY\s+|LATERAL\s+)?([a-z_]+)\b(?!\s*[.(])|\b(INSERT INTO|COPY)\s+([a-z_]+)`,
  'g',
);
/** What follows a name of `FROM` when there are several. */
const NEXT_OF_LIST = /^(?:\s+(?:AS\s+)?[a-z_]+)?\s*,\s*(?:LATERAL\s+)?([a-z_]+)\b(?!\s*[.(])/;

/** Every table and view that a statement names. SQL is written with its keywords in capitals here, and prose is not. */
export function namesIn(sql: string): Omit<SqlUse, 'file'>[] {
  const found: Omit<SqlUse, 'file'>[] = [];
  for (const match of sql.matchAll(NAMED)) {
    const verb = match[1] ?? match[3]!;
    found.push({ name: match[2] ?? match[4]!, how: IS_WRITE.test(verb) ? 'writes' : 'reads' });
    let rest = sql.slice(match.index + match[0].length);
    for (let next = NEXT_OF_LIST.exec(rest); verb === 'FROM' && next !== null; next = NEXT_OF_LIST.exec(rest)) {
      found.push({ name: next[1]!, how: 'reads' });
      rest = rest.slice(next[0].length);
    }
  }
  return found;
}

/** All that the TypeScript files of a folder say in SQL, but for tests; each file, name and kind of use once. */
export function sqlUses(folder: string): SqlUse[] {
  const uses = sources(folder).flatMap((path) => {
    const file = relative(folder, path);
    return namesInSource(readFileSync(path, 'utf8')).map((use) => ({ file, ...use }));
  });
  return [...new Map(uses.map((use) => [`${use.file} ${use.how} ${use.name}`, use])).values()];
}

/** The classes that are rows of a table, as `table → file`. */
export function entities(folder: string): Map<string, string> {
  return new Map(
    sources(folder).flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/^@Entity\('([a-z_]+)'/gm)].map(([, name]): [string, string] => [
        name!,
        relative(folder, path),
      ]),
    ),
  );
}

function namesInSource(text: string): Omit<SqlUse, 'file'>[] {
  const found: Omit<SqlUse, 'file'>[] = [];
  const visit = (node: ts.Node): void => {
    const sql = textOf(node);
    if (sql !== undefined) found.push(...(isCopiedInto(node) ? namesIn(`COPY ${sql}`) : namesIn(sql)));
    // A machine of the platform that is told a table works on it.
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'table' && ts.isStringLiteral(node.initializer)) {
      found.push({ name: node.initializer.text, how: 'reads' });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('any.ts', text, ts.ScriptTarget.Latest, true));
  return found;
}

/** A string; of a template its text, with a mark where something is put in. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('?');
}

function isCopiedInto({ parent }: ts.Node): boolean {
  return ts.isCallExpression(parent) && parent.expression.getText() === 'copyInto';
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}
