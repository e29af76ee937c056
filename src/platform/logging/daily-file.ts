import { mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { destination } from 'pino';
import { parseSeoulDate, seoulDateAt, type SeoulDate } from '../../kernel/seoul-calendar';
import { secondsAfter, type Clock } from '../clock';

const FILE_NAME = /^service-(\d{4}-\d{2}-\d{2})\.log$/;
const DAY_SECONDS = 86_400;
/** Secrets are masked; who did what for whom is nobody else's business either. A directory that is there keeps its mode. */
const OWNER_ONLY_DIRECTORY = 0o700;
const OWNER_ONLY_FILE = 0o600;
/** The day is looked up once in so long, not for every line. */
const DAY_CHECK_MS = 1_000;

/**
 * Lines are written together, without stopping the event loop for a slow disk or reader: one write for each line cost
 * the listener a tenth of its answers. What is still in memory when the process is killed is a quarter of a second.
 */
export const BUFFERED = { sync: false, minLength: 16_000, periodicFlush: 250 } as const;

export interface DailyFileSettings {
  directory: string;
  retentionDays: number;
  clock: Clock;
  /** Called once for each failure of the disk; a log must not end the service it tells of. */
  onError: (error: Error) => void;
}

/**
 * A log file a day, `service-YYYY-MM-DD.log`, appended to; files older than the retention are deleted.
 *
 * Days are Seoul's, not UTC's: billing runs, T store's time stamps and the operator's question "what happened on the
 * 31st?" all count in them, and the nightly run would else lie in the file of the day before. The lines themselves
 * carry UTC instants. The name is the day it is for, so nothing is ever renamed, and several processes of one machine
 * can share the directory.
 */
export class DailyFile {
  private day: SeoulDate;
  private checkAt = 0;
  private file: ReturnType<typeof destination>;

  /** @throws when the directory can't be made or written to */
  constructor(private readonly settings: DailyFileSettings) {
    mkdirSync(settings.directory, { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    this.day = seoulDateAt(settings.clock.now());
    this.file = this.open();
    this.deleteExpired();
  }

  write(line: string): void {
    const now = this.settings.clock.now();
    if (Math.abs(now.getTime() - this.checkAt) >= DAY_CHECK_MS) this.turnTo(now);
    this.file.write(line);
  }

  /** Writes what is still in memory. */
  flush(): void {
    try {
      this.file.flushSync();
    } catch (error) {
      this.settings.onError(error as Error);
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.file.once('close', resolve);
      // A full disk must not keep the process from ending.
      this.file.once('error', () => resolve());
      this.file.end();
    });
  }

  private turnTo(now: Date): void {
    this.checkAt = now.getTime();
    const today = seoulDateAt(now);
    if (today === this.day) return;
    this.day = today;
    try {
      const next = this.open();
      this.flush();
      this.file.end();
      this.file = next;
    } catch (error) {
      // Lines go on into yesterday's file, which is better than nowhere.
      this.settings.onError(error as Error);
    }
    this.deleteExpired();
  }

  private open(): ReturnType<typeof destination> {
    // Opened before it is handed over, so that a fault shows now and lines can be flushed at any moment.
    const file = destination({ dest: openSync(this.pathOf(this.day), 'a', OWNER_ONLY_FILE), ...BUFFERED });
    file.on('error', this.settings.onError);
    return file;
  }

  private deleteExpired(): void {
    const { directory, retentionDays, clock, onError } = this.settings;
    const oldestKept = seoulDateAt(secondsAfter(clock.now(), -retentionDays * DAY_SECONDS));
    try {
      for (const name of readdirSync(directory)) {
        const day = parseSeoulDate(FILE_NAME.exec(name)?.[1] ?? '');
        if (day !== undefined && day < oldestKept) rmSync(join(directory, name), { force: true });
      }
    } catch (error) {
      onError(error as Error);
    }
  }

  private pathOf(day: SeoulDate): string {
    return join(this.settings.directory, `service-${day}.log`);
  }
}
