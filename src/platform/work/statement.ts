import type { EntityMetadata } from 'typeorm';
import type { SqlSession } from '../database';

type Metadata = Pick<EntityMetadata, 'tableName' | 'columns' | 'findColumnWithPropertyName' | 'create' | 'connection'>;

/** What is written of one of several rows, and what that rests on. */
export interface RowChanges {
  readonly id: string;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly guard?: Readonly<Record<string, string | undefined>>;
}

/** The members that are there. */
export function definedMembers(of: object): string[] {
  return Object.entries(of).flatMap(([member, value]) => (value === undefined ? [] : [member]));
}

/** One statement about the rows of an entity: its SQL names columns and parameters as they are asked for. */
export class Statement<Row extends object> {
  readonly parameters: unknown[];
  private readonly metadata: Metadata;

  /** @param parameters those that the SQL names already */
  constructor(
    private readonly session: SqlSession,
    entity: new () => Row,
    parameters: readonly unknown[] = [],
  ) {
    this.metadata = session.manager.connection.getMetadata(entity);
    this.parameters = [...parameters];
  }

  get table(): string {
    return this.metadata.tableName;
  }

  /** @returns the parameter's name */
  parameter(value: unknown): string {
    return `$${this.parameters.push(value)}`;
  }

  column(property: string): string {
    return this.columnOf(property).databaseName;
  }

  /** `column = $n` for each member that is not `undefined`. */
  assignments(changes: object): string[] {
    const set = Object.entries(changes).filter(([, value]) => value !== undefined);
    return set.map(([property, value]) => `${this.column(property)} = ${this.persistent(property, value)}`);
  }

  /**
   * The UPDATE of several rows, each by its id with its own values; what is written of one is written of all.
   *
   * @param alike written of each beside that
   */
  updateOfEach(rows: readonly RowChanges[], alike: object = {}): string {
    const [first] = rows;
    if (first === undefined) throw new RangeError('no row');
    const written = definedMembers(first.changes);
    const guards = definedMembers(first.guard ?? {});
    const values = rows.map(({ id, changes, guard }) => [
      this.typed('id', id),
      ...written.map((member) => this.typed(member, changes[member])),
      ...guards.map((member) => `${this.parameter(guard?.[member])}::text`),
    ]);
    const names = ['id', ...written.map((_, index) => `value_${index}`), ...guards.map((_, index) => `guard_${index}`)];
    const set = written.map((member, index) => `${this.column(member)} = each.value_${index}`);
    const known = guards.map((member, index) => `${this.table}.${this.column(member)}::text = each.guard_${index}`);
    return `UPDATE ${this.table} SET ${[...set, ...this.assignments(alike)].join(', ')}
      FROM (VALUES ${values.map((row) => `(${row.join(', ')})`).join(', ')}) AS each (${names.join(', ')})
      WHERE ${[`${this.table}.id = each.id`, ...known].join(' AND ')}`;
  }

  /** The parameter of a member's value, of its column's type: where nothing else says of which it is, as in VALUES. */
  typed(property: string, value: unknown): string {
    const { driver } = this.metadata.connection;
    return `${this.persistent(property, value)}::${driver.normalizeType(this.columnOf(property))}`;
  }

  private persistent(property: string, value: unknown): string {
    const persistent: unknown = this.metadata.connection.driver.preparePersistentValue(value, this.columnOf(property));
    return this.parameter(persistent);
  }

  /** What RETURNING must say for {@link entity}. */
  get returning(): string {
    const { tableName, columns } = this.metadata;
    return columns
      .map((column) => {
        const value =
          column.query === undefined ? `${tableName}.${column.databaseName}` : `(${column.query(tableName)})`;
        return `${value} AS "${column.propertyName}"`;
      })
      .join(', ');
  }

  /** A row that was returned so, as TypeORM would have read it. */
  entity(row: Record<string, unknown>): Row {
    const entity = this.metadata.create() as Row;
    for (const column of this.metadata.columns) {
      const value: unknown = this.metadata.connection.driver.prepareHydratedValue(row[column.propertyName], column);
      column.setEntityValue(entity, value);
    }
    return entity;
  }

  rows<Returned>(sql: string): Promise<Returned[]> {
    return this.session.rows<Returned>(sql, this.parameters);
  }

  private columnOf(property: string) {
    const column = this.metadata.findColumnWithPropertyName(property);
    if (column === undefined) throw new TypeError(`${this.metadata.tableName} has no ${property}`);
    return column;
  }
}
