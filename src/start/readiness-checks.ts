import type { INestApplicationContext } from '@nestjs/common';
import { MIGRATIONS } from '../../migrations';
import { TSTORE_ACCOUNT_SETTINGS, TstoreConfig, type Role } from '../config';
import { DomainError } from '../kernel/errors';
import { Clock, secondsAfter } from '../platform/clock';
import { EncryptionKeyCheck } from '../platform/crypto';
import { compareSchema, newerSchema } from '../platform/database';
import { DatabaseCheck, Readiness } from '../platform/health';
import { FileStore } from '../platform/storage';

/** Other replicas may begin to use a new key while we run, but not every second. */
const KEYS_EVERY_SECONDS = 60;

/** A file is synced to the disk each time, so not at every question. */
const STORAGE_EVERY_SECONDS = 10;

/** What readiness means for the service as a whole, beside what its parts add. */
export function registerReadinessChecks(app: INestApplicationContext, roles: ReadonlySet<Role>): void {
  const readiness = app.get(Readiness);
  readiness.register('migrations', async () => {
    const names = MIGRATIONS.map((migration) => migration.name);
    const { pending, unknown } = await compareSchema((sql) => app.get(DatabaseCheck).rows(sql), names);
    if (unknown.length > 0) return newerSchema(unknown);
    return pending.length === 0 ? undefined : `${pending.length} not run yet`;
  });
  if (roles.has('admin') || roles.has('scheduler')) {
    const storage = new StorageProbe(app.get(FileStore), app.get(Clock));
    readiness.register('storage', () => storage.problem());
    if (app.get(TstoreConfig).account === undefined) {
      const notice = `the gateway account tstore is not set up here, nothing is collected by it: it needs ${TSTORE_ACCOUNT_SETTINGS.join(', ')}`;
      readiness.registerNotice('gateway-not-configured', () => Promise.resolve(notice));
    }
  }
  const keys = new KeysInBackground(app.get(EncryptionKeyCheck), app.get(Clock));
  readiness.register('encryption-keys', async () => keys.problem());
}

/** Stores a file and removes it: that a directory exists says nothing of its room, or of who may write to it. */
class StorageProbe {
  private last: Promise<string | undefined> | undefined;
  private againAt = new Date(0);

  constructor(
    private readonly files: FileStore,
    private readonly clock: Clock,
  ) {}

  problem(): Promise<string | undefined> {
    const now = this.clock.now();
    if (this.last === undefined || now >= this.againAt) {
      this.againAt = secondsAfter(now, STORAGE_EVERY_SECONDS);
      this.last = this.look();
    }
    return this.last;
  }

  private async look(): Promise<string | undefined> {
    try {
      await this.files.probe();
      return undefined;
    } catch {
      // The next one to ask looks again: what was mended must not wait.
      this.againAt = new Date(0);
      return 'no file can be stored in DATA_DIR';
    }
  }
}

/**
 * Tells what the last look at the keys said and looks again behind the asker's back: the look needs the common
 * connections, and while those are busy with a million lines, the answer of a minute ago is as good. The first look was
 * at start, which it would have stopped.
 */
class KeysInBackground {
  private last: string | undefined;
  private lookAgainAt: Date;

  constructor(
    private readonly check: EncryptionKeyCheck,
    private readonly clock: Clock,
  ) {
    this.lookAgainAt = secondsAfter(clock.now(), KEYS_EVERY_SECONDS);
  }

  problem(): string | undefined {
    const now = this.clock.now();
    if (now >= this.lookAgainAt) {
      this.lookAgainAt = secondsAfter(now, KEYS_EVERY_SECONDS);
      void this.look();
    }
    return this.last;
  }

  private async look(): Promise<void> {
    try {
      await this.check.assertUsable();
      this.last = undefined;
    } catch (error) {
      // Anything else is the database's fault, which has a check of its own.
      if (error instanceof DomainError) this.last = 'a key that is in use is missing or wrong here';
    }
  }
}
