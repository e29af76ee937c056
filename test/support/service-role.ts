import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { built } from './built';
import { processEnvironment } from './process-environment';
import type { TestDatabase } from './test-database';

const COMMAND = built('src/commands/migrate');

export interface CommandOutcome {
  status: number;
  output: string;
  errors: string;
}

/** `npm run migrate` on a database. */
export function runMigrate(url: string, ...options: string[]): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const env = processEnvironment({ DATABASE_URL: url });
    const child = execFile(process.execPath, [COMMAND, ...options], { env }, (_, output, errors) =>
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
