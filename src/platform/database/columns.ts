import type { ColumnOptions, ValueTransformer } from 'typeorm';
import { wonFromDatabase, type Won } from '../../kernel/won';

const wonTransformer: ValueTransformer = {
  to: (amount: Won | null | undefined) => amount,
  from: (text: string | null) => (text === null ? null : wonFromDatabase(text)),
};

/** A `bigint` column of won. */
export const wonColumn = (options: Omit<ColumnOptions, 'type' | 'transformer'> = {}): ColumnOptions => ({
  ...options,
  type: 'bigint',
  transformer: wonTransformer,
});

/** A nullable column of an entity; the name of the property decides the column's name. */
export const nullable = (
  type: 'text' | 'integer' | 'timestamptz' | 'bytea' | 'uuid' | 'jsonb',
  name: string,
): ColumnOptions => ({
  type,
  name,
  nullable: true,
});
