import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { travelling } from '../../demo/many-months';
import { startParts, type PartsOptions, type StartedParts } from '../../demo/parts';
import type { SeoulDate } from '../../src/kernel/seoul-calendar';
import { ENCRYPTION_KEYS } from './people';
import { createTestDatabase } from './test-database';

export interface TravellingBilling extends StartedParts {
  /** What was printed. */
  lines: string[];
}

/** The demo's service and simulator, which go through time together from the beginning of a day, on a test database. */
export async function startTravelling(
  startsOn: SeoulDate,
  options: Partial<PartsOptions> = {},
): Promise<TravellingBilling> {
  const database = await createTestDatabase();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'travelling-billing-'));
  const lines: string[] = [];
  const { simulator, settings, ...rest } = travelling(startsOn);
  const parts = await startParts({
    databaseUrl: database.url,
    dataDirectory,
    port: 0,
    print: (line) => lines.push(line),
    ...rest,
    ...options,
    simulator: { ...simulator, ...options.simulator },
    settings: { ...settings, ENCRYPTION_KEYS, LOG_LEVEL: 'silent', ...options.settings },
  });
  return {
    ...parts,
    lines,
    async close() {
      await parts.close();
      await database.drop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
