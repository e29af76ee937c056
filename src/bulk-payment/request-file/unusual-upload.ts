import { Injectable } from '@nestjs/common';
import { beyondUsual, type Usual } from '../../approval';
import { BillingConfig } from '../../config';
import type { NumberedRequestRow } from '../../gateways/tstore';
import { seoulDateAt } from '../../kernel/seoul-calendar';
import { Clock } from '../../platform/clock';
import type { SqlSession } from '../../platform/database';
import { DearCharges, type Dearest } from '../dear-charges';
import { RepeatedCharges } from './repeated-charges';

/** Days with uploads that the usual is taken from. */
const USUAL_DAYS = 30;
/** A file of more products than any shop has is looked at by a person; and memory stays flat. */
const MAX_PRODUCTS = 10_000;

/** What an upload asks for: how many charges, how much, and the most of each product. */
export interface UploadSize {
  count: number;
  amount: number;
  highest: Dearest;
}

/**
 * Says whether an upload must be looked at by a second person before it is sent. The uploads of a day count together, so
 * that many small files are no way around; and a charge far above what its product is charged is held by itself, as is what
 * repeats charges that were just made.
 */
@Injectable()
export class UnusualUploads {
  constructor(
    private readonly billing: BillingConfig,
    private readonly dear: DearCharges,
    private readonly repeated: RepeatedCharges,
    private readonly clock: Clock,
  ) {}

  /** Watches rows as they pass. @returns the same rows, and the most of each product once they have */
  watch(rows: AsyncIterable<readonly NumberedRequestRow[]>): {
    rows: AsyncIterable<readonly NumberedRequestRow[]>;
    highest: Map<string, number>;
  } {
    const highest = new Map<string, number>();
    return { rows: watched(rows, highest), highest };
  }

  /** Counts the upload, stored as a job, to its day unless it is held. @returns why a second person must look at it first */
  async reasonToAsk(session: SqlSession, jobId: string, upload: UploadSize): Promise<string | undefined> {
    // First, for it lets one upload at a time look at what the others have stored.
    const today = await this.add(session, upload);
    const reasons = [
      beyondUsual(today, await this.usual(session), this.billing.confirmUpload, 'upload day'),
      await this.dearCharge(session, upload),
      await this.repeated.reasonToAsk(session, jobId, upload.count),
    ];
    const reason = reasons.filter((one) => one !== undefined).join('; ') || undefined;
    if (reason !== undefined) await this.add(session, { count: -upload.count, amount: -upload.amount });
    return reason;
  }

  /** What was looked at by a second person counts, and what it asked for is no surprise from now on. */
  async letGo(session: SqlSession, jobId: string, size: Omit<UploadSize, 'highest'>): Promise<void> {
    await this.add(session, size);
    await this.dear.letGo(session, [jobId]);
  }

  /** @returns what the day has now, with it */
  private async add(session: SqlSession, { count, amount }: { count: number; amount: number }) {
    const [day] = await session.rows<{ count: number; amount: string }>(
      `INSERT INTO upload_day (day, count, amount) VALUES ($1::date, $2, $3)
       ON CONFLICT (day) DO UPDATE SET count = upload_day.count + EXCLUDED.count, amount = upload_day.amount + EXCLUDED.amount
       RETURNING count, amount`,
      [this.today(), count, amount],
    );
    return { count: day?.count ?? count, amount: Number(day?.amount ?? amount) };
  }

  private async usual(session: SqlSession): Promise<Usual | undefined> {
    const [usual] = await session.rows<Usual>(
      `SELECT count(*)::int AS of, percentile_cont(0.5) WITHIN GROUP (ORDER BY count) AS count,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS amount
       FROM (
         SELECT count, amount FROM upload_day WHERE day < $1::date AND count > 0 ORDER BY day DESC LIMIT $2) AS recent`,
      [this.today(), USUAL_DAYS],
    );
    return usual && usual.of > 0 ? usual : undefined;
  }

  private dearCharge(session: SqlSession, { highest }: UploadSize): Promise<string | undefined> {
    if (highest.size > MAX_PRODUCTS) return Promise.resolve(`more than ${MAX_PRODUCTS} products`);
    return this.dear.reasonToAsk(session, highest, 'upload');
  }

  private today(): string {
    return seoulDateAt(this.clock.now());
  }
}

async function* watched(
  batches: AsyncIterable<readonly NumberedRequestRow[]>,
  highest: Map<string, number>,
): AsyncGenerator<readonly NumberedRequestRow[]> {
  for await (const batch of batches) {
    for (const { storeProductId, amount } of batch) {
      const known = highest.get(storeProductId);
      if (known === undefined ? highest.size <= MAX_PRODUCTS : amount > known) highest.set(storeProductId, amount);
    }
    yield batch;
  }
}
