import { Column, PrimaryGeneratedColumn } from 'typeorm';
import { nullable } from '../database';

/** Something that was done to a row, appended and never changed; which row it is, the history of each adds. */
abstract class Entry {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text' })
  cause!: string;

  @Column({ type: 'text' })
  actor!: string;

  @Column({ type: 'timestamptz' })
  at!: Date;
}

/** A move in the life of a row. */
export abstract class HistoryEntry<State extends string> extends Entry {
  /** `null` in the first entry. */
  @Column(nullable('text', 'from_state'))
  fromState!: State | null;

  @Column({ type: 'text', name: 'to_state' })
  toState!: State;

  @Column(nullable('text', 'reason'))
  reason!: string | null;
}

/** A change of what is agreed or set up, by its columns. */
export abstract class ChangeEntry extends Entry {
  /** What changed, each as `[before, after]`; `null` where nothing of it did, as in the first entry. */
  @Column(nullable('jsonb', 'changes'))
  changes!: Record<string, [unknown, unknown]> | null;
}
