import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DomainError, type InputFault } from '../../kernel/errors';
import { MAX_REPORTED_FAULTS } from '../../kernel/fault-list';
import { seoulDateAt } from '../../kernel/seoul-calendar';
import { Clock } from '../../platform/clock';
import { Database, violatesUnique } from '../../platform/database';
import { FileStore } from '../../platform/storage';
import { SubscriptionFileReader } from './subscription-file-reader';
import { SubscriptionImportRepository } from './subscription-import.repository';

export interface SubscriptionFile {
  content: AsyncIterable<Buffer>;
  /** Whether the good lines of a file with faulty ones are stored. */
  partial: boolean;
  /** Who imports, for the subscriptions' history. */
  actor: string;
}

/** What became of a file's lines: every one is stored or rejected. */
export interface ImportReport {
  lineCount: number;
  storedCount: number;
  rejectedCount: number;
  /** Of all rejected lines; one line may have several. */
  faultCount: number;
  /** The first hundred, by line. */
  faults: readonly InputFault[];
}

/** Takes a CSV file of subscriptions: whole or not at all, unless the good lines of a faulty file are asked for. */
@Injectable()
export class SubscriptionImport {
  constructor(
    private readonly lines: SubscriptionImportRepository,
    private readonly database: Database,
    private readonly files: FileStore,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws {DomainError} `invalid-subscription-file` with the faulty lines, when it is not to be stored in part or is no
   *   file of subscriptions at all
   */
  async take(file: SubscriptionFile): Promise<ImportReport> {
    const spooled = `uploads/${randomUUID()}.tmp`;
    // To disk first: no transaction waits for a slow uploader, and a broken upload leaves nothing behind.
    await this.files.write(spooled, file.content);
    try {
      return await this.storeTwiceAtMost(spooled, file);
    } finally {
      await this.files.remove(spooled);
    }
  }

  /** Who lost a race for a customer looks again, and then finds the subscription it collided with. */
  private async storeTwiceAtMost(spooled: string, file: SubscriptionFile): Promise<ImportReport> {
    try {
      return await this.store(spooled, file);
    } catch (error) {
      if (!violatesUnique(error, 'subscription_open_once')) throw error;
      return this.store(spooled, file);
    }
  }

  private store(spooled: string, { partial, actor }: SubscriptionFile): Promise<ImportReport> {
    return this.database.transaction(async (session) => {
      const at = this.clock.now();
      const reader = new SubscriptionFileReader(seoulDateAt(at));
      await this.lines.copyLines(session, reader.orders(this.files.openRead(spooled)));
      const found = await this.lines.takeOutFaulty(session);
      const report = reportOf(reader, found);
      const isRefused = report.faultCount > 0 && !partial;
      if (isRefused || reader.lineCount === 0) throw refusal(report);
      const storedCount = await this.lines.store(session, actor, at);
      if (storedCount !== report.storedCount) throw new DomainError('internal-error', 'an import lost lines');
      return report;
    });
  }
}

function reportOf(reader: SubscriptionFileReader, found: { count: number; faults: InputFault[] }): ImportReport {
  const rejectedCount = reader.faultyLineCount + found.count;
  const faults = [...reader.faults.reported, ...found.faults].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return {
    lineCount: reader.lineCount,
    storedCount: reader.lineCount - rejectedCount,
    rejectedCount,
    faultCount: reader.faults.count + found.count,
    faults: faults.slice(0, MAX_REPORTED_FAULTS),
  };
}

function refusal({ lineCount, rejectedCount, faultCount, faults }: ImportReport): DomainError {
  return new DomainError('invalid-subscription-file', `${faultCount} fault(s) in the file; nothing was stored`, {
    lineCount,
    rejectedCount,
    faultCount,
    faults,
  });
}
