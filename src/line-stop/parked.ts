import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import type { SqlSession } from '../platform/database';

/** What a stop can park. */
export type ParkedKind = 'bulk-payment-job' | 'subscription';

/** What became of a stop, for the history of what it parks. */
export interface StopNote {
  /** Of the job or subscription. */
  id: string;
  /** In words. */
  cause: string;
}

/** Who raised or resolved stops, when, and why if a person said so. */
export interface NotedBy {
  actor: string;
  at: Date;
  reason: string | null;
}

/**
 * What a room whose things stops park does about it: each writes its own history. `line-stop` declares it and rooms above
 * implement it, so that the arrows keep pointing down.
 *
 * Called once for all stops of a kind, in the transaction that raises or resolves them: work set-based, call nobody.
 */
export interface Parked {
  /** Notes in the history of each what became of its stop: its state stays, and what happened to it is told. */
  noteStops(session: SqlSession, notes: readonly StopNote[], by: NotedBy): Promise<void>;
}

/** Who writes the histories of what is parked. Rooms say so when their modules begin. */
@Injectable()
export class ParkedRooms {
  private readonly rooms = new Map<ParkedKind, Parked>();

  /** Says who writes the history of a kind; each kind is one room's. */
  toldBy(kind: ParkedKind, room: Parked): void {
    this.rooms.set(kind, room);
  }

  async noteStops(session: SqlSession, kind: ParkedKind, notes: readonly StopNote[], by: NotedBy): Promise<void> {
    if (notes.length === 0) return;
    const room = this.rooms.get(kind);
    if (room === undefined) throw new DomainError('internal-error', `nobody writes the history of a parked ${kind}`);
    await room.noteStops(session, notes, by);
  }
}
