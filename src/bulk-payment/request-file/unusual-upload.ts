import { Injectable } from '@nestjs/common';
import { beyondUsual, type Usual } from '../../approval';
import { BillingConfig } from '../../config';
import type { NumberedRequestRow } from '../../gateways/tstore';
import { seoulDateAt } from '../../kernel/seoul-calendar';
import { Clock } from '../../platform/clock';
import type { SqlSession } from '../../platform/database';

/** Days with uploads that the usual is taken from. */
const USUAL_DAYS = 30;
/** A file of more products than any shop has is looked at by a person; and memory stays flat. */
const MAX_PRODUCTS = 10_000;

/** What an upload asks for: how many charges, how much, and the most of each product. */
export interface UploadSize {
  count: number;
  amount: number;
  highest: ReadonlyMap<string, number>;
}

/** An uploaded job that is let go. */
type LetGo = UploadSize & { jobId: string };

/**
 * Says whether an upload must be looked at by a second person before it is sent. The uploads of a day count together, so
 * that many small files are no way around; and a charge far above what its product usually costs is held by itself.
 *
 * What a product usually costs is the most that the first upload of it asked for, within its price and the sum from which
 * a charge is looked at, or what a second person approved: uploads that nobody looked at raise it never.
 */
@Injectable()
export class UnusualUploads {
  constructor(
    private readonly billing: BillingConfig,
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

  /** Counts the upload to its day unless it is held. @returns why a second person must look at it first */
  async reasonToAsk(session: SqlSession, upload: UploadSize): Promise<string | undefined> {
    const { confirmUpload: rule } = this.billing;
    if (rule.factor === 0) return undefined;
    const today = await this.add(session, upload);
    const reason =
      beyondUsual(today, await this.usual(session), rule, 'day(s) of uploads') ??
      (await this.dearCharge(session, upload));
    if (reason === undefined) await this.learn(session, upload.highest);
    else await this.add(session, { count: -upload.count, amount: -upload.amount });
    return reason;
  }

  /** What was looked at by a second person counts, and what it asked for is usual from now on. */
  async letGo(session: SqlSession, { jobId, count, amount }: Omit<LetGo, 'highest'>): Promise<void> {
    await this.add(session, { count, amount });
    await session.execute(
      `INSERT INTO upload_product (store_product_id, amount)
       SELECT store_product_id, max(amount) FROM charge WHERE bulk_payment_job_id = $1 GROUP BY store_product_id
       ON CONFLICT (store_product_id) DO UPDATE SET amount = greatest(upload_product.amount, EXCLUDED.amount)`,
      [jobId],
    );
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

  private async dearCharge(session: SqlSession, { highest }: UploadSize): Promise<string | undefined> {
    if (highest.size > MAX_PRODUCTS) return `more than ${MAX_PRODUCTS} products`;
    const { factor, chargeAmount } = this.billing.confirmUpload;
    const [dear] = await session.rows<{ product: string; amount: string; usual: string | null }>(
      `SELECT asked.product, asked.amount, coalesce(known.amount, product.amount) AS usual
       FROM unnest($1::text[], $2::bigint[]) AS asked (product, amount)
       LEFT JOIN upload_product AS known ON known.store_product_id = asked.product
       LEFT JOIN product ON product.store_product_id = asked.product
       WHERE asked.amount > coalesce($3 * known.amount, least($4, $3 * product.amount))
       ORDER BY asked.amount DESC LIMIT 1`,
      [[...highest.keys()], [...highest.values()], factor, chargeAmount],
    );
    if (dear === undefined) return undefined;
    const usual = dear.usual === null ? 'nobody knows what it usually costs' : `usually ${dear.usual} won`;
    return `a charge of ${dear.amount} won for product ${dear.product}: ${usual}`;
  }

  /**
   * Only what was not known: an upload nobody has looked at raises nothing. Nor does it make usual what would let later ones
   * ask for more than it could itself.
   */
  private async learn(session: SqlSession, highest: ReadonlyMap<string, number>): Promise<void> {
    const { factor, chargeAmount } = this.billing.confirmUpload;
    await session.execute(
      `INSERT INTO upload_product (store_product_id, amount)
       SELECT asked.product, least(asked.amount, $3, product.amount)
       FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS asked (product, amount, place)
       LEFT JOIN product ON product.store_product_id = asked.product
       ORDER BY place
       ON CONFLICT (store_product_id) DO NOTHING`,
      [
        [...highest.keys()].sort(),
        [...highest].sort(byProduct).map(([, amount]) => amount),
        Math.ceil(chargeAmount / factor),
      ],
    );
  }

  private today(): string {
    return seoulDateAt(this.clock.now());
  }
}

/** In one order, so that two uploads at once don't wait for each other. */
function byProduct([one]: [string, number], [other]: [string, number]): number {
  return one < other ? -1 : 1;
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
