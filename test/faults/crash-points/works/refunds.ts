import type { CrashWorld } from '../crash-world';

/** Asks for a refund of some paid charge; the same name is the same refund. */
export async function refund(world: CrashWorld, name: string): Promise<void> {
  const orderNo = await world.once(`charge of ${name}`, () => paidOrder(world));
  const refund = JSON.stringify({ reason: 'customer asked', reference: name, amount: 400 });
  const response = await world.post(`admin/v1/charges/${orderNo}/refunds`, 'application/json', refund);
  if (!response.ok) throw new Error(`refund answered ${response.status}`);
}

/** Has T store asked for some payment, as a person does. */
export async function lookUp(world: CrashWorld): Promise<void> {
  const response = await world.call(`admin/v1/charges/${await paidOrder(world)}/transaction`);
  if (!response.ok) throw new Error(`lookup answered ${response.status}`);
}

/** Plants a payment that is to be looked up once more; of a charge that is paid, so that nothing follows from it. */
export async function watchPayment(world: CrashWorld, name: string): Promise<void> {
  await world.query(
    `INSERT INTO payment_watch (charge_id, gateway, gateway_account, transaction_id, since, next_look_at)
     SELECT id, gateway, gateway_account, $2, now() - interval '60 days', now() FROM charge WHERE order_no = $1
     ON CONFLICT DO NOTHING`,
    [await paidOrder(world), name],
  );
}

/** Plants what stops the line; the same name is the same stop. It parks a job that is over. */
export async function stopLine(world: CrashWorld, name: string): Promise<void> {
  await world.query(
    `INSERT INTO line_stop (kind, bulk_payment_job_id, violation, evidence, raised_at)
     SELECT 'numbers-differ', min(id), $1, '{}', now() FROM bulk_payment_job WHERE settled_at IS NOT NULL
     ON CONFLICT (kind, violation) DO NOTHING`,
    [name],
  );
}

/** Something waits for a second person, and has done so for too long. */
export async function outwaitApproval(world: CrashWorld): Promise<void> {
  await world.query(
    `INSERT INTO approval (kind, subject_id, act, summary, because, state, requested_by, requested_by_owner, requested_at,
       expires_at)
     VALUES ('refund-doubt', 1, '{}', 'nothing', 'a test', 'Waiting', 'a test', 'test', now() - interval '2 hours',
       now() - interval '1 hour')
     ON CONFLICT DO NOTHING`,
  );
}

async function paidOrder(world: CrashWorld): Promise<string> {
  const { rows } = await world.query<{ orderNo: string }>(
    `SELECT order_no AS "orderNo" FROM charge JOIN settlement ON settlement.charge_id = charge.id
     WHERE kind = 'paid' AND NOT EXISTS (SELECT FROM refund WHERE charge_id = charge.id)
       AND charge.amount > 400 ORDER BY charge.id DESC LIMIT 1`,
  );
  if (rows[0] === undefined) throw new Error('nothing is paid');
  return rows[0].orderNo;
}
