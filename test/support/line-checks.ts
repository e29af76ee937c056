import { LineChecks } from '../../src/bulk-payment';
import { Database } from '../../src/platform/database';
import type { BillingWorld } from './billing-world';
import { until } from './until';

/** What the line checks have not looked at. */
export const UNCHECKED_SQL = `
  SELECT FROM settlement WHERE position > (SELECT min(position) FROM line_check WHERE name <> 'payment-seen')
  UNION ALL
  SELECT FROM transaction_lookup WHERE id > (SELECT position FROM line_check WHERE name = 'payment-seen')
  UNION ALL
  SELECT FROM bulk_payment_job WHERE settled_at IS NOT NULL AND numbers_checked_at IS NULL`;

/** Has the line checks look at all there is. The scheduler may be looking itself just now, and then nothing is left to do for us. */
export async function lineChecked({ service }: Pick<BillingWorld, 'service'>): Promise<void> {
  const [checks, database] = [service.app.get(LineChecks), service.app.get(Database)];
  await until('all is looked at', async () => {
    await checks.runOnce();
    return (await database.rows(UNCHECKED_SQL)).length === 0 || undefined;
  });
}
