import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ParkedRooms, type NotedBy, type Parked, type StopNote } from '../line-stop';
import type { SqlSession } from '../platform/database';

/** Tells in the history of subscriptions what line stops do to them. */
@Injectable()
export class ParkedSubscriptions implements OnModuleInit, Parked {
  constructor(private readonly rooms: ParkedRooms) {}

  onModuleInit(): void {
    this.rooms.toldBy('subscription', this);
  }

  async noteStops(session: SqlSession, notes: readonly StopNote[], { actor, at, reason }: NotedBy): Promise<void> {
    await session.execute(
      `INSERT INTO subscription_history (subscription_id, from_state, to_state, cause, changes, actor, at)
       SELECT subscription.id, subscription.state, subscription.state, note.cause,
         CASE WHEN $3::text IS NOT NULL
           THEN jsonb_build_object('line_stop_reason', jsonb_build_array(NULL, $3::text)) END, $4, $5
       FROM unnest($1::bigint[], $2::text[]) AS note (id, cause) JOIN subscription ON subscription.id = note.id`,
      [notes.map(({ id }) => id), notes.map(({ cause }) => cause), reason, actor, at],
    );
  }
}
