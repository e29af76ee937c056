import { randomUUID } from 'node:crypto';
import { NOTIFICATION_TRANSITIONS } from '../../src/inbox/notification.state';
import { nextState, statesOf } from '../../src/kernel/transitions';
import type { RunningService } from '../../src/service';
import { ListenerWorld, pnsMessage, sendTo } from '../support/listener-world';

describe('a notification sent again', () => {
  let world: ListenerWorld;
  let service: RunningService;
  let wakes: string[];

  beforeAll(async () => {
    world = await ListenerWorld.start();
    service = await world.listen();
    world.client.on('notification', ({ channel, payload }) => wakes.push(`${channel}: ${payload}`));
    await world.client.query('LISTEN billing_wake');
  });

  afterAll(() => world.close());

  beforeEach(() => {
    wakes = [];
  });

  /** What was said on the channel up to now: notifications of committed transactions come before later answers. */
  async function heard(): Promise<string[]> {
    await world.client.query('SELECT 1');
    return wakes;
  }

  async function decide(jobId: string, state: 'Verified' | 'Rejected'): Promise<void> {
    await world.client.query(
      `UPDATE notification SET state = $2, ${state.toLowerCase()}_at = '2026-01-01Z', result_code = 'x',
         result_message = 'y', attempts = 3, next_attempt_at = NULL
       WHERE gateway_job_id = $1`,
      [jobId, state],
    );
  }

  const historyOf = (jobId: string) =>
    world.rows(
      `SELECT from_state, to_state, cause, actor, h.at = n.last_received_at AS at_last
       FROM notification_history h JOIN notification n ON n.id = notification_id
       WHERE gateway_job_id = $1 ORDER BY h.id`,
      [jobId],
    );

  it('wakes the scheduler when it is new', async () => {
    await sendTo(service, '', pnsMessage('1'));
    expect(await heard()).toEqual(['billing_wake: verify-notification']);
  });

  it('stays Verified when it is, wakes nobody, and only counts', async () => {
    await sendTo(service, '', pnsMessage('2'));
    await decide('2', 'Verified');
    const [before] = await world.stored('2');
    await heard();
    wakes = [];
    await sendTo(service, '', pnsMessage('2'));
    const [after] = await world.stored('2');
    expect(after).toEqual({ ...before, repeatCount: 1, lastReceivedAt: after?.lastReceivedAt });
    expect(await historyOf('2')).toEqual([]);
    expect(await heard()).toEqual([]);
  });

  it('is Received again, due at once and in the history, when it had been rejected', async () => {
    await sendTo(service, '', pnsMessage('3'));
    await decide('3', 'Rejected');
    wakes = [];
    await sendTo(service, '', pnsMessage('3'));
    const [row] = await world.stored('3');
    expect(row).toMatchObject({
      state: 'Received',
      rejectedAt: null,
      resultCode: null,
      attempts: 0,
      repeatCount: 1,
      reopenedAtRepeat: 1,
      nextAttemptAt: row?.lastReceivedAt,
    });
    expect(await historyOf('3')).toEqual([
      { from_state: 'Rejected', to_state: 'Received', cause: 'send-again', actor: 'listener', at_last: true },
    ]);
    expect(await heard()).toEqual(['billing_wake: verify-notification']);
  });

  it('is written once into the history, however many bring it back at the same time', async () => {
    await sendTo(service, '', pnsMessage('4'));
    await decide('4', 'Rejected');
    const second = await world.listen();
    const senders = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? service : second));
    await Promise.all(senders.map((to) => sendTo(to, '', pnsMessage('4'))));
    expect(await world.stored('4')).toMatchObject([{ state: 'Received', repeatCount: 60 }]);
    expect(await historyOf('4')).toHaveLength(1);
  });

  it('stays as it is planned when PNS could not be reached yet', async () => {
    await sendTo(service, '', pnsMessage('5'));
    const leaseId = randomUUID();
    await world.client.query(
      `UPDATE notification SET attempts = 4, next_attempt_at = now() + interval '9 minutes', lease_id = $1,
         lease_until = now() + interval '1 minute' WHERE gateway_job_id = '5'`,
      [leaseId],
    );
    const [before] = await world.stored('5');
    await sendTo(service, '', pnsMessage('5'));
    const [after] = await world.stored('5');
    expect(after).toEqual({ ...before, repeatCount: 1, lastReceivedAt: after?.lastReceivedAt });
    expect(await world.rows(`SELECT lease_id FROM notification WHERE gateway_job_id = '5'`)).toEqual([
      { lease_id: leaseId },
    ]);
  });

  it('is due again when it had been given up', async () => {
    await sendTo(service, '', pnsMessage('6'));
    await world.client.query(
      `UPDATE notification SET attempts = 40, next_attempt_at = NULL, given_up_at = now() WHERE gateway_job_id = '6'`,
    );
    await sendTo(service, '', pnsMessage('6'));
    const [row] = await world.stored('6');
    expect(row).toMatchObject({ state: 'Received', givenUpAt: null, attempts: 0, nextAttemptAt: row?.lastReceivedAt });
    expect(await historyOf('6')).toEqual([]);
  });

  it('moves along the transition table', async () => {
    expect(nextState(NOTIFICATION_TRANSITIONS, 'Rejected', 'send-again')).toBe('Received');
    const [check] = await world.rows<{ definition: string }>(
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = 'notification_state_known'`,
    );
    const known = [...(check?.definition ?? '').matchAll(/'(\w+)'::text/g)].map((match) => match[1]);
    expect(known).toEqual(statesOf(NOTIFICATION_TRANSITIONS));
  });

  it.each([
    [`state = 'Verified', next_attempt_at = NULL`, 'notification_verified_tied'],
    [`verified_at = now()`, 'notification_verified_tied'],
    [`state = 'Rejected', next_attempt_at = NULL`, 'notification_rejected_tied'],
    [`rejected_at = now()`, 'notification_rejected_tied'],
    [`state = 'Lost', next_attempt_at = NULL`, 'notification_state_known'],
    [`next_attempt_at = NULL`, 'notification_received_scheduled_or_given_up'],
    [`given_up_at = now()`, 'notification_received_scheduled_or_given_up'],
    [`state = 'Verified', verified_at = now()`, 'notification_received_scheduled_or_given_up'],
    [`result_code = '0000'`, 'notification_received_has_no_answer'],
    [`lease_id = gen_random_uuid()`, 'notification_lease_whole'],
    [`repeat_count = -1`, 'notification_repeats_counted'],
    [`last_received_at = received_at - interval '1 ms'`, 'notification_repeats_later'],
    [`message_key = 'short'`, 'notification_message_key_is_sha256'],
  ])('can’t be made a row that contradicts itself: %s', async (change, constraint) => {
    await sendTo(service, '', pnsMessage('7'));
    await expect(
      world.client.query(`UPDATE notification SET ${change} WHERE gateway_job_id = '7'`),
    ).rejects.toMatchObject({ constraint });
  });

  it('can’t be taken out of the history', async () => {
    await expect(world.client.query('DELETE FROM notification_history')).rejects.toThrow(/append-only/);
  });
});
