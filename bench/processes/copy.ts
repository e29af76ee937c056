import { Connection } from '../../src/platform/database';
import { copyFile, copyToFile, type CopyOrder } from '../copies';
import { answerOnce } from './exchange';

/** Moves bytes plainly, with nothing of the service in its process, and sends what it took. */
answerOnce(async (url, text) => {
  const order = JSON.parse(text) as CopyOrder;
  const client = new Connection(url);
  await client.connect();
  try {
    return 'table' in order
      ? await copyFile(client, order.table, order.file)
      : await copyToFile(client, order.query, order.file);
  } finally {
    await client.end();
  }
});
