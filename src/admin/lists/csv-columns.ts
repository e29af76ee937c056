import type { Type } from '@nestjs/common';

/** Where @nestjs/swagger notes the properties of a view, and what each is. */
const NAMES = 'swagger/apiModelPropertiesArray';
const PROPERTY = 'swagger/apiModelProperties';

interface Property {
  type?: unknown;
  isArray?: boolean;
}

/** A column by its path, such as `price.amount`. */
export type CsvColumn = readonly string[];

/** The columns of a view: its documented properties in their order, and those of views inside it in the place of those. */
export function columnsOf(view: Type): CsvColumn[] {
  return namesOf(view).flatMap((name) => {
    const property = Reflect.getMetadata(PROPERTY, view.prototype as object, name) as Property;
    const { type, isArray } = property;
    if (isArray === true || typeof type !== 'function' || namesOf(type as Type).length === 0) return [[name]];
    return columnsOf(type as Type).map((column) => [name, ...column]);
  });
}

function namesOf(view: Type): string[] {
  const names = Reflect.getMetadata(NAMES, (view.prototype ?? {}) as object) as string[] | undefined;
  return (names ?? []).map((name) => name.slice(1));
}

/** What stands in a cell: times as ISO 8601, lists of words with spaces between, whatever else is inside as JSON. */
export function cellOf(row: unknown, column: CsvColumn): string {
  let value = row;
  for (const name of column) value = (value as Record<string, unknown> | null | undefined)?.[name];
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(' ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
