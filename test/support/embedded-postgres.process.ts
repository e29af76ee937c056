import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres';

/** A process that starts the embedded PostgreSQL, tells its address, and lives until it is killed or told to stop. */
async function main(directory: string): Promise<void> {
  const postgres = await startEmbeddedPostgres({ directory, settings: { fsync: 'off' } });
  process.on('message', () => {
    void postgres.stop().then(() => process.disconnect());
  });
  process.send?.(postgres.url);
}

void main(process.argv[2] ?? '');
