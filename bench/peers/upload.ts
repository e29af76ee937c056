import { plainToInstance } from 'class-transformer';
import { IsInt, IsNotEmpty, Matches, Min, validateSync } from 'class-validator';
import { parse, type CastingContext } from 'csv-parse';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { In, type EntityManager } from 'typeorm';
import { BillingToken } from '../../src/billing-token';
import { Charge } from '../../src/charge';
import type { Won } from '../../src/kernel/won';
import type { KeyRing } from '../../src/platform/crypto';
import { timed, type Run } from '../measure';
import { answerOnce } from '../processes/exchange';
import { batchesOf, identityOf, openPeerDatabase, peerKeys } from './database';

/** A `.pay` file to take in, as the charges of a job. */
export interface UploadOrder {
  file: string;
  jobId: string;
}

class RequestLine {
  @IsNotEmpty()
  mid!: string;

  @Matches(/^[0-9A-F]{64,96}$/)
  billingToken!: string;

  @Matches(/^\d{10}$/)
  productId!: string;

  @IsNotEmpty()
  nmProduct!: string;

  @IsNotEmpty()
  noBranchOrder!: string;

  @IsInt()
  @Min(1)
  amtReqPurchase!: Won;

  @IsInt()
  @Min(0)
  amtCarrier!: Won;

  @IsInt()
  @Min(0)
  amtCreditCard!: Won;

  @IsInt()
  @Min(0)
  amtRms!: Won;
}

/** Checks the file line by line and stores a thousand charges at once, through TypeORM. */
class Upload {
  private readonly at = new Date();
  private lineNumber = 1;

  constructor(
    private readonly keys: KeyRing,
    private readonly jobId: string,
  ) {}

  async store(manager: EntityManager, plain: object[]): Promise<void> {
    const lines = plainToInstance(RequestLine, plain);
    lines.forEach(check);
    const tokens = new Map(
      lines.map(({ billingToken }) => {
        const tokenHash = createHash('sha256').update(billingToken).digest();
        return [billingToken, tokenHash] as const;
      }),
    );
    await this.storeTokens(manager, tokens);
    const charges = lines.map((line) => ({
      orderNo: line.noBranchOrder,
      bulkPaymentJobId: this.jobId,
      lineNumber: ++this.lineNumber,
      storeProductId: line.productId,
      productName: line.nmProduct,
      amount: line.amtReqPurchase,
      carrierAmount: line.amtCarrier,
      creditCardAmount: line.amtCreditCard,
      tmembershipAmount: line.amtRms,
      billingTokenHash: tokens.get(line.billingToken) as Buffer,
      createdAt: this.at,
    }));
    await manager.save(manager.create(Charge, charges), { chunk: 100 });
  }

  private async storeTokens(manager: EntityManager, tokens: ReadonlyMap<string, Buffer>): Promise<void> {
    const known = await manager.findBy(BillingToken, { tokenHash: In([...tokens.values()]) });
    const knownHashes = new Set(known.map(({ tokenHash }) => tokenHash.toString('hex')));
    const unknown = [...tokens].filter(([, tokenHash]) => !knownHashes.has(tokenHash.toString('hex')));
    const sealed = unknown.map(([token, tokenHash]) => ({
      tokenHash,
      ...this.keys.encrypt(token, identityOf(tokenHash)),
      createdAt: this.at,
    }));
    if (sealed.length > 0) await manager.insert(BillingToken, sealed);
  }
}

function check(line: RequestLine): void {
  const [fault] = validateSync(line);
  if (fault !== undefined) throw new Error(`order ${line.noBranchOrder}: ${fault.toString()}`);
  if (line.amtReqPurchase !== line.amtCarrier + line.amtCreditCard + line.amtRms) {
    throw new Error(`order ${line.noBranchOrder}: the parts do not add up`);
  }
}

function cast(value: string, { header, column }: CastingContext): string | number {
  return !header && String(column).startsWith('amt') ? Number(value) : value;
}

answerOnce<Run>(async (url, text) => {
  const order = JSON.parse(text) as UploadOrder;
  const database = await openPeerDatabase(url);
  const upload = new Upload(peerKeys(url), order.jobId);
  const run = await timed(async () => {
    const lines: AsyncIterable<object> = createReadStream(order.file).pipe(parse({ columns: true, bom: true, cast }));
    // A file is taken in whole or not at all.
    await database.transaction(async (manager) => {
      for await (const batch of batchesOf(lines)) await upload.store(manager, batch);
    });
  });
  await database.destroy();
  return run;
});
