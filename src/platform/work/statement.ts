import type { EntityMetadata } from 'typeorm';
import type { SqlSession } from '../database';

type Metadata = Pick<EntityMetadata, 'tableName' | 'columns' | 'findColumnWithPropertyName' | 'create' | 'connection'>;

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
    return set.map(([property, value]) => {
      const column = this.columnOf(property);
      const persistent: unknown = this.metadata.connection.driver.preparePersistentValue(value, column);
      return `${column.databaseName} = ${this.parameter(persistent)}`;
    });
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
