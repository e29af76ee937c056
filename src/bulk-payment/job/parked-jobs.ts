import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ParkedRooms, type NotedBy, type Parked, type StopNote } from '../../line-stop';
import type { SqlSession } from '../../platform/database';

/** Tells in the history of jobs what line stops do to them. */
@Injectable()
export class ParkedJobs implements OnModuleInit, Parked {
  constructor(private readonly rooms: ParkedRooms) {}

  onModuleInit(): void {
    this.rooms.toldBy('bulk-payment-job', this);
  }

  async noteStops(session: SqlSession, notes: readonly StopNote[], { actor, at, reason }: NotedBy): Promise<void> {
    await session.execute(
      `INSERT INTO bulk_payment_job_history (job_id, from_state, to_state, cause, reason, actor, at)
       SELECT job.id, job.state, job.state, note.cause, $3, $4, $5
       FROM unnest($1::bigint[], $2::text[]) AS note (id, cause) JOIN bulk_payment_job AS job ON job.id = note.id`,
      [notes.map(({ id }) => id), notes.map(({ cause }) => cause), reason, actor, at],
    );
  }
}
