import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { processEnvironment } from './process-environment';
import type { TestDatabase } from './test-database';

const COMMAND = join(__dirname, '../../src/commands/migrate.ts');
const REGISTER = join(__dirname, 'swc-register.cjs');

export interface CommandOutcome {
  status: number;
  output: string;
  errors: string;
}

/** `npm run migrate` as it stands in the source, on a database. */
export function runMigrate(url: string, ...options: string[]): Promise<CommandOutcome> {
  const args = ['--require', REGISTER, COMMAND, ...options];
  return new Promise((resolve) => {
    const env = processEnvironment({ DATABASE_URL: url });
    const child = execFile(process.execPath, args, { env }, (_, output, errors) =>
      resolve({ status: child.exitCode ?? -1, output, errors }),
    );
  });
}

/** A role of the server that owns nothing, as a hoster gives to a program. */
export interface TestRole {
  name: string;
  /** A database under this role. */
  urlOf(database: TestDatabase): string;
  /** Once no database has anything of it any more. */
  drop(): Promise<void>;
}

/** @param clauses of CREATE ROLE, when it is not just a login */
export async function createRole(clauses = 'LOGIN'): Promise<TestRole> {
  const name = `role_${randomBytes(6).toString('hex')}`;
  await asAdmin(`CREATE ROLE ${name} PASSWORD 'of-a-test' ${clauses}`);
  return {
    name,
    urlOf: ({ url }) => {
      const under = new URL(url);
      [under.username, under.password] = [name, 'of-a-test'];
      return under.toString();
    },
    drop: () => asAdmin(`DROP ROLE ${name}`),
  };
}

async function asAdmin(statement: string): Promise<void> {
  const client = new Client({ connectionString: process.env.TEST_DATABASE_ADMIN_URL });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
