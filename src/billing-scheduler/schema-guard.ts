import { Injectable } from '@nestjs/common';
import { MIGRATIONS } from '../../migrations';
import { Database, compareSchema, newerSchema } from '../platform/database';
import { Logger } from '../platform/logging';

const KNOWN = MIGRATIONS.map(({ name }) => name);

/**
 * Pauses the steps of a process whose database a newer version has migrated, such as the old replica of a rolling release:
 * the columns and rules of that version are unknown here, so what a step would write may be wrong. Looked at before each
 * piece, because the migration may come at any moment; what is in hand by then, the database's own rules hold.
 */
@Injectable()
export class SchemaGuard {
  private inFlight: Promise<boolean> | undefined;
  private isPaused = false;

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  /** Whether the schema is one this version knows. Steps that ask together get one answer. */
  fits(): Promise<boolean> {
    return (this.inFlight ??= this.look().finally(() => (this.inFlight = undefined)));
  }

  private async look(): Promise<boolean> {
    const { unknown } = await compareSchema((sql) => this.database.rows(sql), KNOWN);
    const isNewer = unknown.length > 0;
    if (isNewer !== this.isPaused) {
      if (isNewer) this.logger.warn('scheduler paused', { reason: newerSchema(unknown) });
      else this.logger.info('scheduler goes on: the schema fits again');
    }
    this.isPaused = isNewer;
    return !isNewer;
  }
}
