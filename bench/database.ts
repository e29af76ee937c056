import { MIGRATIONS } from '../migrations';
import { Connection, migrate } from '../src/platform/database';

/** Runs `work` on a new, migrated database and drops it afterwards. */
export async function withDatabase<Result>(adminUrl: string, work: (url: string) => Promise<Result>): Promise<Result> {
  const name = `bench_${process.pid}`;
  const admin = new Connection(adminUrl);
  await admin.connect();
  try {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${name}`);
    const url = new URL(adminUrl);
    url.pathname = `/${name}`;
    await migrate(url.toString(), MIGRATIONS);
    return await work(url.toString());
  } finally {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
  }
}
