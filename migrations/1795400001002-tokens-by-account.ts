import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An access token is an account's, and made with secrets that may have ended since: then it is used no more either. */
export class TokensByAccount1795400001002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE oauth_token ADD made_with text`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
