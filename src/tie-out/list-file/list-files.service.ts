import { Injectable } from '@nestjs/common';
import { createHash, randomUUID } from 'node:crypto';
import { GatewayAccounts } from '../../gateway-account';
import { Gateways, type GatewayName, type ReadsListFiles } from '../../gateways';
import { DomainError, type InputFault } from '../../kernel/errors';
import { MAX_REPORTED_FAULTS } from '../../kernel/fault-list';
import { daysBetween, seoulDateAt } from '../../kernel/seoul-calendar';
import { Clock } from '../../platform/clock';
import { Database, violatesUnique, wakeBilling } from '../../platform/database';
import { FileStore } from '../../platform/storage';
import { TieOutRepository } from '../tie-out.repository';
import type { StatedColumns } from './list-file-columns';
import { ListFileReader, looksOf, type ListEncoding } from './list-file-reader';
import { ListFile } from './list-file.entity';
import { ListFileRepository, type ListFileSums } from './list-file.repository';

/** A year, and a day more in every fourth: each day that a file tells of is compared anew. */
const MOST_DAYS = 366;

/** A list that somebody brings. */
export interface BroughtList {
  gatewayAccount: string;
  content: AsyncIterable<Buffer>;
  columns: StatedColumns;
  actor: string;
}

interface Reading {
  gateway: GatewayName;
  reads: ReadsListFiles;
  spooled: string;
  digest: Buffer;
  encoding: ListEncoding;
}

/** Takes lists that people download from a gateway's own site: whole or not at all, and the same file once. */
@Injectable()
export class ListFiles {
  constructor(
    private readonly repository: ListFileRepository,
    private readonly tieOuts: TieOutRepository,
    private readonly gateways: Gateways,
    private readonly accounts: GatewayAccounts,
    private readonly database: Database,
    private readonly files: FileStore,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} `list-file-not-found` */
  async get(id: string): Promise<ListFile> {
    const found = await this.repository.find(id);
    if (found !== undefined) return found;
    throw new DomainError('list-file-not-found', `There is no list ${id}`);
  }

  /** Newest first, before an id. */
  list(gatewayAccount: string | undefined, page: { beforeId: string | undefined; limit: number }): Promise<ListFile[]> {
    return this.repository.list(gatewayAccount, page);
  }

  /**
   * Keeps the rows of a file, and has the days that it tells of compared anew. The same file, read by the same columns, is the same
   * import: nothing is done again.
   *
   * @throws {DomainError} `invalid-list-file` with the faulty lines, and nothing is stored; `gateway-cannot` where the gateway's lists are
   *   not known; `gateway-account-not-found`, `gateway-not-configured`, `gateway-account-unusable`
   */
  async take(brought: BroughtList): Promise<ListFile> {
    const { gateway } = await this.accounts.require(brought.gatewayAccount, 'set-up');
    const reads = this.gateways.readingListFiles(gateway);
    const spooled = `uploads/${randomUUID()}.tmp`;
    // To disk first: no transaction waits for a slow uploader, and a broken upload leaves nothing behind.
    await this.files.write(spooled, brought.content);
    try {
      const { digest: contentDigest, encoding } = await looksOf(this.files.openRead(spooled));
      const digest = digestOf(contentDigest, brought.columns);
      const same = await this.repository.findSame(brought.gatewayAccount, digest);
      return same ?? (await this.storeOnce(brought, { gateway, reads, spooled, digest, encoding }));
    } finally {
      await this.files.remove(spooled);
    }
  }

  /** Who comes second with the same file has what the first one stored. */
  private async storeOnce(brought: BroughtList, reading: Reading): Promise<ListFile> {
    try {
      return await this.store(brought, reading);
    } catch (error) {
      const isSame = violatesUnique(error, 'list_file_once');
      const same = isSame ? await this.repository.findSame(brought.gatewayAccount, reading.digest) : undefined;
      if (same === undefined) throw error;
      return same;
    }
  }

  private store(brought: BroughtList, reading: Reading): Promise<ListFile> {
    const { gatewayAccount, actor } = brought;
    const { gateway, reads, spooled, digest, encoding } = reading;
    return this.database.transaction(async (session) => {
      const now = this.clock.now();
      const reader = new ListFileReader(reads, brought.columns, encoding);
      await this.repository.copyRows(session, reader.rows(this.files.openRead(spooled)));
      const sums = await this.repository.sums(session);
      const others = [...(await this.repository.contradictions(session)), ...spanFaults(sums)];
      if (reader.faults.count + others.length > 0) throw refusal(reader, others);
      const file = {
        ...{ gateway, gatewayAccount, digest, encoding, ...sums, ignoredCount: reader.ignoredCount },
        columns: Object.fromEntries(reader.columns.map(({ field, heading }) => [field, heading])),
        ...{ importedBy: actor, importedAt: now },
      };
      const inserted = await session.manager.insert(ListFile, file);
      const id = String(inserted.identifiers[0]?.id);
      const days = await this.repository.keepRows(session, { id, gatewayAccount });
      for (const day of days.filter((day) => day < seoulDateAt(now))) {
        await this.tieOuts.open(session, { gateway, gatewayAccount, day }, actor, { anew: true });
      }
      await wakeBilling(session);
      return { ...file, id };
    });
  }
}

function digestOf(content: Buffer, columns: StatedColumns): Buffer {
  const stated = [...columns].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(content).update(JSON.stringify(stated)).digest();
}

function spanFaults({ fromDay, toDay }: ListFileSums): InputFault[] {
  if (fromDay === null || toDay === null || daysBetween(fromDay, toDay) < MOST_DAYS) return [];
  return [{ expected: `days within a year of each other; these are from ${fromDay} to ${toDay}` }];
}

function refusal({ faults: read, columns }: ListFileReader, others: readonly InputFault[]): DomainError {
  const faults = [...read.reported, ...others].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const faultCount = read.count + others.length;
  return new DomainError('invalid-list-file', `${faultCount} fault(s) in the list; nothing was stored`, {
    faultCount,
    faults: faults.slice(0, MAX_REPORTED_FAULTS),
    columns: Object.fromEntries(columns.map(({ field, heading }) => [field, heading])),
  });
}
