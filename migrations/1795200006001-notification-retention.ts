import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What strangers sent may be taken away again: messages PNS disowned or nobody verified, with their history. What PNS
 * confirmed is evidence and can't be deleted; nor can history alone.
 */
export class NotificationRetention1795200006001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION refuse_deletion_of_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'notification % was confirmed and is kept', OLD.id USING ERRCODE = 'restrict_violation';
      END
      $$`);
    await runner.query(`
      CREATE TRIGGER notification_confirmed_is_kept BEFORE DELETE ON notification
      FOR EACH ROW WHEN (OLD.state = 'Verified') EXECUTE FUNCTION refuse_deletion_of_confirmed()`);
    await runner.query(`
      CREATE TRIGGER notification_not_truncated BEFORE TRUNCATE ON notification
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE FUNCTION refuse_deletion_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM notification WHERE id = OLD.notification_id) THEN
          RAISE EXCEPTION 'notification_history is append-only: DELETE refused' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
      END
      $$`);
    await runner.query(`DROP TRIGGER notification_history_append_only ON notification_history`);
    await runner.query(`
      CREATE TRIGGER notification_history_append_only BEFORE UPDATE OR TRUNCATE ON notification_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TRIGGER notification_history_goes_with_its_message BEFORE DELETE ON notification_history
      FOR EACH ROW EXECUTE FUNCTION refuse_deletion_of_history()`);
    await runner.query(`
      ALTER TABLE notification_history
        DROP CONSTRAINT notification_history_notification,
        ADD CONSTRAINT notification_history_notification
          FOREIGN KEY (notification_id) REFERENCES notification (id) ON DELETE CASCADE`);
    // None has a row in it that the listener inserts or a repeat of what is Verified touches.
    await runner.query(
      `CREATE INDEX notification_asked_about ON notification (lease_until) WHERE lease_until IS NOT NULL`,
    );
    await runner.query(`CREATE INDEX notification_caught ON notification (source_address) WHERE state = 'Rejected'`);
    await runner.query(`
      CREATE INDEX notification_prunable ON notification (last_received_at)
      WHERE state = 'Rejected' OR given_up_at IS NOT NULL`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
