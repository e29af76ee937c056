import type { Type } from '@nestjs/common';

/** Where @nestjs/swagger notes the properties of a view, and what each is. */
const NAMES = 'swagger/apiModelPropertiesArray';
const PROPERTY = 'swagger/apiModelProperties';
const FIRST = 'admin:first-columns';

/** What is for programs that follow it, and in the way of people. */
const LAST = ['links', 'actions', 'version'];

interface Property {
  type?: unknown;
  isArray?: boolean;
  format?: string;
  description?: string;
}

/** A column of a list as a table, named by its path such as `price.amount`. */
export interface ListColumn {
  readonly path: readonly string[];
  readonly name: string;
  readonly kind: 'instant' | 'date' | 'won' | 'number' | 'text';
}

/** Which columns of a view people look at first, by their names, in this order; as a table it begins with them. */
export const FirstColumns = (...names: string[]): ClassDecorator => Reflect.metadata(FIRST, names);

/**
 * The columns of a view: those it puts first, then its documented properties in their order, with those of views inside it in
 * the place of those. Links and what else is for programs come last.
 */
export function columnsOf(view: Type): ListColumn[] {
  const first = (Reflect.getMetadata(FIRST, view) as string[] | undefined) ?? [];
  const columns = columnsIn(view, []);
  const unknown = first.filter((name) => !columns.some((column) => column.name === name));
  if (unknown.length > 0) throw new Error(`${view.name} has no column ${unknown.join(', ')}`);
  const rank = ({ name, path }: ListColumn): number => {
    const place = first.indexOf(name);
    if (place >= 0) return place;
    return path.some((part) => LAST.includes(part)) ? first.length + 1 : first.length;
  };
  return columns.sort((one, other) => rank(one) - rank(other));
}

function columnsIn(view: Type, above: readonly string[]): ListColumn[] {
  return namesOf(view).flatMap((own): ListColumn[] => {
    const property = Reflect.getMetadata(PROPERTY, view.prototype as object, own) as Property;
    const path = [...above, own];
    const { type, isArray } = property;
    const isView = isArray !== true && typeof type === 'function' && namesOf(type as Type).length > 0;
    return isView ? columnsIn(type as Type, path) : [{ path, name: path.join('.'), kind: kindOf(own, property) }];
  });
}

function kindOf(name: string, { type, format, isArray }: Property): ListColumn['kind'] {
  if (isArray === true) return 'text';
  if (type === Date) return 'instant';
  if (format === 'date') return 'date';
  if (type === 'integer' || type === Number) return /(^a|A)mount$/.test(name) ? 'won' : 'number';
  return 'text';
}

function namesOf(view: Type): string[] {
  const names = Reflect.getMetadata(NAMES, (view.prototype ?? {}) as object) as string[] | undefined;
  return (names ?? []).map((name) => name.slice(1));
}

/** Those of people: without what only programs go by. */
export function columnsForPeople(columns: readonly ListColumn[]): ListColumn[] {
  return columns.filter(({ path }) => !path.some((part) => LAST.includes(part)));
}

/** @returns `null` for what is not there */
export function valueAt(row: unknown, { path }: ListColumn): unknown {
  let value = row;
  for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value ?? null;
}

/** Lists of words with spaces between, whatever else is inside as JSON. */
export function textOf(value: unknown): string {
  if (value === null) return '';
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(' ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
