import type { INestApplicationContext } from '@nestjs/common';
import { MIGRATIONS } from '../migrations';
import { DomainError } from './kernel/errors';
import { Clock, secondsAfter } from './platform/clock';
import { EncryptionKeyCheck } from './platform/crypto';
import { pendingMigrations } from './platform/database';
import { DatabaseCheck, Readiness } from './platform/health';

/** Other replicas may begin to use a new key while we run, but not every second. */
const KEYS_EVERY_SECONDS = 60;

/** What readiness means for the service as a whole, beside what its parts add. */
export function registerReadinessChecks(app: INestApplicationContext): void {
  const readiness = app.get(Readiness);
  readiness.register('migrations', async () => {
    const pending = await pendingMigrations((sql) => app.get(DatabaseCheck).rows(sql), MIGRATIONS);
    return pending.length === 0 ? undefined : `${pending.length} not run yet`;
  });
  const keys = new KeysInBackground(app.get(EncryptionKeyCheck), app.get(Clock));
  readiness.register('encryption-keys', async () => keys.problem());
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
