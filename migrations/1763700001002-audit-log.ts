import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Every changing call of the admin API: an entry before anything happens, its outcome afterwards. Two tables, because
 * neither may ever be changed.
 */
export class AuditLog1763700001002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_entry (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        api_key_id bigint CONSTRAINT audit_entry_api_key REFERENCES api_key (id),
        operation text NOT NULL,
        resource text NOT NULL,
        resource_id text,
        reason text,
        before jsonb,
        request_id text NOT NULL,
        address text NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE audit_outcome (
        entry_id bigint PRIMARY KEY CONSTRAINT audit_outcome_of REFERENCES audit_entry (id),
        at timestamptz NOT NULL,
        status integer NOT NULL,
        code text,
        resource_id text,
        after jsonb,
        CONSTRAINT audit_outcome_code_tied CHECK ((status >= 400) = (code IS NOT NULL)),
        CONSTRAINT audit_outcome_after_tied CHECK (status < 400 OR after IS NULL)
      )`);
    for (const table of ['audit_entry', 'audit_outcome']) {
      await runner.query(`
        CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    }
    await runner.query(`CREATE INDEX audit_entry_of_resource ON audit_entry (resource, resource_id, id)`);
    await runner.query(`CREATE INDEX audit_entry_of_key ON audit_entry (api_key_id, id)`);
    await runner.query(`CREATE INDEX audit_entry_of_actor ON audit_entry (actor, id)`);
    await runner.query(`CREATE INDEX audit_entry_of_operation ON audit_entry (operation, id)`);
    await runner.query(`CREATE INDEX audit_entry_of_request ON audit_entry (request_id)`);
    await runner.query(`CREATE INDEX audit_entry_at ON audit_entry (at, id)`);
    await runner.query(`
      CREATE INDEX audit_outcome_of_resource ON audit_outcome (resource_id) WHERE resource_id IS NOT NULL`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
