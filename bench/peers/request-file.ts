import { stringify } from 'csv-stringify';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { In, MoreThan, type DataSource } from 'typeorm';
import { BillingToken } from '../../src/billing-token';
import { Charge } from '../../src/charge';
import type { KeyRing } from '../../src/platform/crypto';
import { timed, type Run } from '../measure';
import { answerOnce } from '../processes/exchange';
import { BATCH, identityOf, openPeerDatabase, peerKeys } from './database';

/** A job's charges, to be written. */
export interface RequestFileOrder {
  jobId: string;
  merchantId: string;
  file: string;
}

export interface WrittenByPeer {
  run: Run;
  /** Of what was written, in hexadecimal. */
  sha256: string;
}

const COLUMNS = [
  'mid',
  'billingToken',
  'productId',
  'nmProduct',
  'noBranchOrder',
  'amtReqPurchase',
  'amtCarrier',
  'amtCreditCard',
  'amtRms',
];

/** Charges page by page through TypeORM, their tokens decrypted one by one. */
async function* rowsOf(database: DataSource, keys: KeyRing, order: RequestFileOrder): AsyncGenerator<unknown[]> {
  const { jobId, merchantId } = order;
  for (let after = 0; ;) {
    const charges = await database.manager.find(Charge, {
      where: { bulkPaymentJobId: jobId, lineNumber: MoreThan(after) },
      order: { lineNumber: 'ASC' },
      take: BATCH,
    });
    if (charges.length === 0) return;
    const hashes = charges.map(({ billingTokenHash }) => billingTokenHash);
    const sealed = await database.manager.findBy(BillingToken, { tokenHash: In(hashes) });
    const tokens = new Map(sealed.map((token) => [token.tokenHash.toString('hex'), token]));
    for (const charge of charges) {
      const token = tokens.get(charge.billingTokenHash?.toString('hex') ?? '');
      if (token === undefined) throw new Error(`order ${charge.orderNo} has no billing token`);
      yield [
        merchantId,
        keys.decrypt(token, identityOf(token.tokenHash)).toString(),
        charge.storeProductId,
        charge.productName,
        charge.orderNo,
        charge.amount,
        charge.carrierAmount,
        charge.creditCardAmount,
        charge.tmembershipAmount,
      ];
    }
    after = charges.at(-1)?.lineNumber ?? after;
  }
}

answerOnce<WrittenByPeer>(async (url, text) => {
  const order = JSON.parse(text) as RequestFileOrder;
  const database = await openPeerDatabase(url);
  const keys = peerKeys(url);
  const run = await timed(() =>
    pipeline(
      Readable.from(rowsOf(database, keys, order)),
      stringify({ header: true, columns: COLUMNS, eof: false }),
      createWriteStream(order.file),
    ),
  );
  await database.destroy();
  const hash = createHash('sha256');
  await pipeline(createReadStream(order.file), hash);
  return { run, sha256: hash.digest('hex') };
});
