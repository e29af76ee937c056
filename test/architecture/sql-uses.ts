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

const WRITES = 'INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|TRUNCATE(?: TABLE)?|COPY|LOCK(?: TABLE)?';
const IS_WRITE = new RegExp(`^(?:${WRITES})$`, 'i');
const TABLE = String.raw`(?:public\.)?"?([a-z_]+)"?`;
/** What stands between the word and the name: brackets too, as of `FROM (a JOIN b ON true)`, but those of a query. */
const BEFORE_NAME = String.raw`(?:\s|\()+(?:ONLY\s+|LATERAL\s+)?(?!(?:SELECT|VALUES|WITH|TABLE)\b)`;
/** The word before a name, the name, and not a column or a function of it. */
const NAMED = String.raw`\b(${WRITES.replaceAll(' ', String.raw`\s+`)}|FROM|JOIN|USING|(?<!LOCK\s+|TRUNCATE\s+)TABLE)${BEFORE_NAME}${TABLE}(?![a-z_"])(?!\s*[.(])|\b(INSERT\s+INTO|COPY)\s+${TABLE}`;
/** What follows a name of `FROM` when there are several, whatever each is called there. */
const NEXT_OF_LIST = new RegExp(
  String.raw`^(?:\s+(?:AS\s+)?"?[a-z_]+"?(?:\s*\([^()]*\))?)?\s*,\s*(?:LATERAL\s+)?${TABLE}(?![a-z_"])(?!\s*[.(])`,
  'i',
);
/** SQL by its form, in whatever case; keywords in capitals are SQL anywhere, for prose has none. */
const HAS_FORM =
  /\bselect\b[^]*\bfrom\s|\binsert\s+into\s|\bdelete\s+from\s|\btruncate\s|\block\s+table\s|\bupdate\s+\S+(?:\s+(?:as\s+)?[a-z_]+)?\s+set\s/i;
const COMMENTS = /--[^\n]*|\/\*[^]*?\*\//g;

/** Every table and view that a statement names. */
export function namesIn(statement: string): Omit<SqlUse, 'file'>[] {
  const sql = statement.replaceAll(COMMENTS, ' ');
  const found: Omit<SqlUse, 'file'>[] = [];
  for (const match of sql.matchAll(new RegExp(NAMED, HAS_FORM.test(sql) ? 'gi' : 'g'))) {
    const verb = (match[1] ?? match[3]!).replaceAll(/\s+/g, ' ');
    const name = match[2] ?? match[4]!;
    // DO UPDATE SET has named its table before.
    if (name.toUpperCase() !== 'SET') found.push({ name, how: IS_WRITE.test(verb) ? 'writes' : 'reads' });
    let rest = sql.slice(match.index + match[0].length);
    const isList = verb.toUpperCase() === 'FROM';
    for (let next = NEXT_OF_LIST.exec(rest); isList && next !== null; next = NEXT_OF_LIST.exec(rest)) {
      found.push({ name: next[1]!, how: 'reads' });
      rest = rest.slice(next[0].length);
    }
  }
  return found;
}

/** All that the TypeScript files of a folder say in SQL or of entities, but for tests; each file, name and kind of use once. */
export function sqlUses(folder: string): SqlUse[] {
  const classes = entityClasses(folder);
  const uses = sources(folder).flatMap((path) => {
    const file = relative(folder, path);
    return namesInSource(readFileSync(path, 'utf8'), classes).map((use) => ({ file, ...use }));
  });
  return [...new Map(uses.map((use) => [`${use.file} ${use.how} ${use.name}`, use])).values()];
}

/** The classes that are rows of a table, as `table → file`. */
export function entities(folder: string): Map<string, string> {
  return new Map(
    sources(folder).flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(ENTITY)].map(([, name]): [string, string] => [
        name!,
        relative(folder, path),
      ]),
    ),
  );
}

const ENTITY = /^@Entity\('([a-z_]+)'[^)]*\)\nexport class (\w+)/gm;

/** The tables of the classes that are rows of one. */
function entityClasses(folder: string): ReadonlyMap<string, string> {
  const found = sources(folder).flatMap((path) => [...readFileSync(path, 'utf8').matchAll(ENTITY)]);
  return new Map(found.map(([, table, name]) => [name!, table!]));
}

/** What of the ORM and of the platform's machines writes the rows of the class it is given. */
const WRITES_ROWS = /^(?:insert|into|update|upsert|save|delete|remove|softDelete|increment|decrement|clear)$/;
const READS_ROWS = /^(?:find|exist|count|sum|get|createQueryBuilder|from|claim|\w*[jJ]oin)/;
const OF_AGGREGATE = /^(?:rows|history)$/;

/** @param classes the tables of the entities, by the names of their classes */
export function namesInSource(text: string, classes: ReadonlyMap<string, string>): Omit<SqlUse, 'file'>[] {
  const source = ts.createSourceFile('any.ts', text, ts.ScriptTarget.Latest, true);
  const constants = constantsOf(source);
  const found: Omit<SqlUse, 'file'>[] = [];
  const visit = (node: ts.Node): void => {
    const sql = textOf(node, constants);
    if (sql !== undefined) found.push(...(isCopiedInto(node) ? namesIn(`COPY ${sql}`) : namesIn(sql)));
    found.push(...entitiesIn(node, classes));
    // A machine of the platform that is told a table works on it.
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'table' && ts.isStringLiteral(node.initializer)) {
      found.push({ name: node.initializer.text, how: 'reads' });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A call that is given an entity's class, and an aggregate that is made of one. */
function entitiesIn(node: ts.Node, classes: ReadonlyMap<string, string>): Omit<SqlUse, 'file'>[] {
  if (ts.isPropertyAssignment(node) && OF_AGGREGATE.test(node.name.getText())) {
    const name = classes.get(node.initializer.getText());
    return name === undefined ? [] : [{ name, how: 'writes' }];
  }
  if (!ts.isCallExpression(node)) return [];
  const { expression: called } = node;
  const verb = ts.isPropertyAccessExpression(called) ? called.name.text : called.getText();
  return node.arguments.flatMap((argument): Omit<SqlUse, 'file'>[] => {
    const name = classes.get(argument.getText());
    if (name === undefined) return [];
    if (WRITES_ROWS.test(verb)) return [{ name, how: 'writes' }];
    return READS_ROWS.test(verb) ? [{ name, how: 'reads' }] : [];
  });
}

/** Texts that a file has a name for, so that one put into another is read in its place. */
function constantsOf(source: ts.SourceFile): ReadonlyMap<string, string> {
  const constants = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined) {
      const text = textOf(plain(node.initializer), constants);
      if (text !== undefined) constants.set(node.name.text, text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return constants;
}

function plain(node: ts.Expression): ts.Expression {
  return ts.isAsExpression(node) || ts.isParenthesizedExpression(node) || ts.isSatisfiesExpression(node)
    ? plain(node.expression)
    : node;
}

/** A text as it is written or put together, with a mark where something unknown is put in. */
function textOf(node: ts.Node, constants: ReadonlyMap<string, string>): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  const part = (inner: ts.Node): string =>
    (ts.isIdentifier(inner) ? constants.get(inner.text) : textOf(inner, constants)) ?? '?';
  if (ts.isTemplateExpression(node)) {
    const spans = node.templateSpans.map(({ expression, literal }) => part(expression) + literal.text);
    return node.head.text + spans.join('');
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const sides = [node.left, node.right].map(part);
    return sides.every((side) => side === '?') ? undefined : sides.join('');
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { name, expression: of } = node.expression;
  if (name.text !== 'join' || !ts.isArrayLiteralExpression(of)) return undefined;
  const [separator] = node.arguments;
  return of.elements.map(part).join(separator === undefined ? ',' : part(separator));
}

function isCopiedInto({ parent }: ts.Node): boolean {
  return ts.isCallExpression(parent) && parent.expression.getText() === 'copyInto';
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}
