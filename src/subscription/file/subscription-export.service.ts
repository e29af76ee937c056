import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Database } from '../../platform/database';
import { FileStore } from '../../platform/storage';
import {
  SubscriptionRecordRepository,
  type SubscriptionFilter,
  type SubscriptionRecord,
} from '../subscription-record.repository';

/** Columns of the export, under the names of the admin API. No billing token: only the beginning of its hash. */
const EXPORT_COLUMNS = [
  'id',
  'customerReference',
  'storeProductId',
  'productName',
  'state',
  'billingTokenHashPrefix',
  'startedOn',
  'anchorDay',
  'intervalMonths',
  'trialUntil',
  'endsOn',
  'nextBillingOn',
  'paidThroughOn',
  'cancelAtPeriodEnd',
  'priceOverridden',
  'amount',
  'carrierAmount',
  'creditCardAmount',
  'tmembershipAmount',
] as const satisfies readonly (keyof SubscriptionRecord)[];

/** An export on its way out. */
export interface SubscriptionExportFile {
  byteCount: number;
  content: Readable;
}

/** Writes subscriptions as CSV. */
@Injectable()
export class SubscriptionExport {
  constructor(
    private readonly records: SubscriptionRecordRepository,
    private readonly database: Database,
    private readonly files: FileStore,
  ) {}

  /**
   * All subscriptions that match, as they were at one moment. Written to disk first: no transaction waits for a slow
   * reader, and what fails is an error and never a file that ends too early.
   */
  async open(filter: SubscriptionFilter): Promise<SubscriptionExportFile> {
    const name = `exports/${randomUUID()}.tmp`;
    const { byteCount } = await this.database.transaction((session) =>
      this.files.write(name, csvOf(this.records.readAll(session, filter))),
    );
    const content = this.files.openRead(name);
    content.once('close', () => void this.files.remove(name));
    return { byteCount, content };
  }
}

async function* csvOf(batches: AsyncIterable<SubscriptionRecord[]>): AsyncGenerator<Buffer> {
  // With a byte order mark: without one Excel reads Hangul as something else.
  yield Buffer.from(`\uFEFF${EXPORT_COLUMNS.join(',')}\n`);
  for await (const batch of batches) yield Buffer.from(stringify(batch.map(fieldsOf), { escape_formulas: true }));
}

/** A text that a spreadsheet would calculate gets an apostrophe from `escape_formulas`; the import takes it away again. */
function fieldsOf(record: SubscriptionRecord): string[] {
  return EXPORT_COLUMNS.map((column) => String(record[column] ?? ''));
}
