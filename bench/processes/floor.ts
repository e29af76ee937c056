import { copyFile, copyToFile, type FloorOrder } from '../floors';
import { Connection } from '../../src/platform/database';

/** Moves bytes plainly, with nothing of the service in its process, and sends what it took. */
async function main(): Promise<void> {
  const [url = '', text = ''] = process.argv.slice(2);
  const order = JSON.parse(text) as FloorOrder;
  const client = new Connection(url);
  await client.connect();
  const { file } = order;
  const run =
    'table' in order ? await copyFile(client, order.table, file) : await copyToFile(client, order.query, file);
  await client.end();
  process.send?.(run, undefined, undefined, () => process.disconnect());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
