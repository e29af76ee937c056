import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { GatewayName, ListField } from '../../gateways';
import type { SeoulDate } from '../../kernel/seoul-calendar';
import { nullable } from '../../platform/database';
import type { ListEncoding } from './list-file-reader';

/** A list that somebody downloaded from a gateway's own site and brought here; its rows are kept, the file is not. */
@Entity('list_file')
export class ListFile {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text' })
  gateway!: GatewayName;

  @Column({ type: 'text', name: 'gateway_account' })
  gatewayAccount!: string;

  /** SHA-256 of its content and of what its columns were said to be: the same twice is one. */
  @Column({ type: 'bytea' })
  digest!: Buffer;

  @Column({ type: 'text' })
  encoding!: ListEncoding;

  /** Headings by field, as they were read. */
  @Column({ type: 'jsonb' })
  columns!: Partial<Record<ListField, string>>;

  @Column({ type: 'integer', name: 'payment_count' })
  paymentCount!: number;

  @Column({ type: 'integer', name: 'refund_count' })
  refundCount!: number;

  /** Rows in which no money moved. */
  @Column({ type: 'integer', name: 'ignored_count' })
  ignoredCount!: number;

  /** The first and the last day of its rows; `null` where none moved money. */
  @Column({ ...nullable('text', 'from_day'), type: 'date' })
  fromDay!: SeoulDate | null;

  @Column({ ...nullable('text', 'to_day'), type: 'date' })
  toDay!: SeoulDate | null;

  @Column({ type: 'text', name: 'imported_by' })
  importedBy!: string;

  @Column({ type: 'timestamptz', name: 'imported_at' })
  importedAt!: Date;
}
