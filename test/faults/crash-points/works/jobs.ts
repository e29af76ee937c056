import { seoulDateAt } from '../../../../src/kernel/seoul-calendar';
import { requestFile } from '../../../support/request-files';
import type { CrashWorld } from '../crash-world';

const CHARGES = 5;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Uploads a file of some charges; the same name makes the same file. */
export async function upload(world: CrashWorld, name: string, charges = CHARGES): Promise<void> {
  const response = await world.post('admin/v1/bulk-payment-jobs', 'text/plain', requestFile(charges, name));
  if (response.status !== 201 && response.status !== 409) throw new Error(`upload answered ${response.status}`);
}

/** Opens the billing run of so many days ago. */
export async function plan(world: CrashWorld, daysAgo: number): Promise<void> {
  const date = seoulDateAt(new Date(Date.now() - daysAgo * DAY_MS));
  const response = await world.post('admin/v1/billing-runs', 'application/json', JSON.stringify({ date }));
  if (!response.ok) throw new Error(`planning answered ${response.status}`);
}

/** Uploads a file that comes to be in doubt, and lets more time pass than a job may be without a word. */
export async function uploadInDoubt(world: CrashWorld, name: string): Promise<void> {
  await upload(world, name);
  await world.until(`${name} is in doubt`, async () => {
    const { rows } = await world.query(
      `SELECT FROM bulk_payment_job AS job JOIN charge ON charge.bulk_payment_job_id = job.id
       WHERE charge.order_no = $1 AND job.submission_doubt IS NOT NULL`,
      [`${name}0`],
    );
    return rows.length > 0 || undefined;
  });
  world.pass(2 * 60);
}

/** An event nothing acts on. Nothing beside it, or the process might die with that under way too. */
export async function hearOfOddEvent(world: CrashWorld, name: string): Promise<void> {
  await world.post('noti_listener', 'application/json', `{"event":"singlePayment","jobId":"${name}"}`);
}
