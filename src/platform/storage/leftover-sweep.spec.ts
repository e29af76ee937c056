import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyRing } from '../crypto';
import { openRootLogger } from '../logging';
import { FileStore } from './file-store';
import { LeftoverSweep } from './leftover-sweep';

const NOW = new Date('2026-11-20T00:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;

describe('LeftoverSweep', () => {
  let directory: string;
  let logLines: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'leftover-sweep-'));
    logLines = [];
  });
  afterEach(() => rm(directory, { recursive: true }));

  function sweepOf(place: string): LeftoverSweep {
    const destination = { write: (line: string) => void logLines.push(line) };
    const { logger } = openRootLogger({ level: 'info', directory: undefined, retentionDays: 1 }, { destination });
    const keys = new KeyRing({ keys: [{ keyId: 'k1', key: randomBytes(32) }] });
    return new LeftoverSweep(new FileStore({ directory: place }, keys), { now: () => NOW }, logger);
  }

  async function leave(name: string, ageMs: number): Promise<void> {
    const path = join(directory, 'uploads', name);
    const writtenAt = new Date(NOW.getTime() - ageMs);
    await writeFile(path, '');
    await utimes(path, writtenAt, writtenAt);
  }

  it('removes at start what was left unfinished more than a day ago, and says so', async () => {
    await mkdir(join(directory, 'uploads'));
    const [older, younger] = [randomUUID(), randomUUID()].map((id) => `a.pay.${id}.part`) as [string, string];
    await leave(older, DAY_MS + 1);
    await leave(younger, DAY_MS);
    await sweepOf(directory).onApplicationBootstrap();
    expect(await readdir(join(directory, 'uploads'))).toEqual([younger]);
    expect(logLines.join('')).toContain('unfinished files removed');
  });

  it('lets the service start where the directory can’t be looked into', async () => {
    await writeFile(join(directory, 'no-directory'), '');
    await sweepOf(join(directory, 'no-directory')).onApplicationBootstrap();
    expect(logLines.join('')).toContain('unfinished files could not be removed');
  });
});
