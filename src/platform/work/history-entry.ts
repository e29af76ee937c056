import { Column, PrimaryGeneratedColumn } from 'typeorm';
import { nullable } from '../database';

/** A move in the life of a row, appended and never changed; which row it is, the history of each adds. */
export abstract class HistoryEntry<State extends string> {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  /** `null` in the first entry. */
  @Column(nullable('text', 'from_state'))
  fromState!: State | null;

  @Column({ type: 'text', name: 'to_state' })
  toState!: State;

  @Column({ type: 'text' })
  cause!: string;

  @Column({ type: 'text' })
  actor!: string;

  @Column(nullable('text', 'reason'))
  reason!: string | null;

  @Column({ type: 'timestamptz' })
  at!: Date;
}
