import { DataSource } from 'typeorm';
import { BillingToken } from '../../src/billing-token';
import { Charge, Settlement } from '../../src/charge';
import { readConfiguration } from '../../src/config';
import { KeyRing } from '../../src/platform/crypto';
import { Subscription, SubscriptionHistory } from '../../src/subscription';
import { benchSettings } from '../service';
import { PEER_SCHEMA } from './tables';

/** Rows of a transaction, and of a page that is read. */
export const BATCH = 1_000;

/** The tables as a peer has them: entities like ours, over tables of the same keys and checks in a schema of their own. */
export function openPeerDatabase(url: string): Promise<DataSource> {
  const entities = [BillingToken, Charge, Settlement, Subscription, SubscriptionHistory];
  return new DataSource({ type: 'postgres', url, schema: PEER_SCHEMA, entities }).initialize();
}

/** The same encryption as ours. */
export function peerKeys(url: string): KeyRing {
  return new KeyRing(readConfiguration(benchSettings({ url, directory: '.' })).encryption);
}

/** What a billing token's ciphertext is bound to. */
export function identityOf(tokenHash: Buffer): string {
  return `billing_token:${tokenHash.toString('hex')}`;
}

/** Whatever comes, in batches. */
export async function* batchesOf<Row>(rows: AsyncIterable<Row>): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
