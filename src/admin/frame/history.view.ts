import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';

/** A value that is no object: what a column or a field of an answer may hold. */
export const SCALAR = [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'null' }];

/** An entry of a history: from which state to which, by whom and why. */
export class StateChangeView {
  @ApiProperty() at!: Date;
  @ApiProperty({ type: String, nullable: true, description: 'null: it began then' }) fromState!: string | null;
  @ApiProperty() toState!: string;
  @ApiProperty() cause!: string;
  @ApiProperty() actor!: string;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
}

export function stateChangeViewOf({ at, fromState, toState, cause, actor, reason }: StateChangeView): StateChangeView {
  return { at, fromState, toState, cause, actor, reason };
}

/** What a field was and has become. */
export class FieldChangeView {
  @ApiProperty({ oneOf: SCALAR }) from!: unknown;
  @ApiProperty({ oneOf: SCALAR }) to!: unknown;
}

/** An entry of a history of terms. */
@ApiExtraModels(FieldChangeView)
export class ChangeView {
  @ApiProperty() at!: Date;
  @ApiProperty() cause!: string;
  @ApiProperty() actor!: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(FieldChangeView) },
    nullable: true,
    description: 'Changed fields by their names; null where none is told',
  })
  changes!: Record<string, FieldChangeView> | null;
}

/** A hash as PostgreSQL writes it in JSON. */
const HASH = /^\\x([0-9a-f]{12})[0-9a-f]+$/;

/** Changes under the API's names; of a billing token's hash only a piece. */
export function changesViewOf(changes: Record<string, [unknown, unknown]> | null): ChangeView['changes'] {
  if (changes === null) return null;
  const shown = (value: unknown): unknown => (typeof value === 'string' ? value.replace(HASH, '$1') : value);
  return Object.fromEntries(
    Object.entries(changes).map(([column, [from, to]]) => [camelCase(column), { from: shown(from), to: shown(to) }]),
  );
}

function camelCase(column: string): string {
  return column.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
