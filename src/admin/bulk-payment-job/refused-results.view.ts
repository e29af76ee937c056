import { ApiProperty } from '@nestjs/swagger';
import type { RefusedResultFile } from '../../bulk-payment';

/** A result file that came whole and is no answer to its job. */
export class RefusedResultFileView {
  @ApiProperty({ description: 'Hexadecimal; names it' }) sha256!: string;
  @ApiProperty({ type: 'integer', description: 'Its length' }) bytes!: number;
  @ApiProperty({ type: 'integer', description: 'Data rows' }) lines!: number;
  @ApiProperty({ description: 'Why it is no answer' }) reason!: string;
  @ApiProperty({ description: 'Whether reconcile-as-is may take it' }) mayBeReconciled!: boolean;
  @ApiProperty({ type: 'integer', description: 'How often the same content came' }) times!: number;
  @ApiProperty({ description: 'When this content came first' }) firstRefusedAt!: Date;
  @ApiProperty({ description: 'When it came last' }) lastRefusedAt!: Date;
  @ApiProperty({ description: 'Where it can be downloaded' }) link!: string;
}

export function refusedResultFileViewOf(file: RefusedResultFile): RefusedResultFileView {
  const sha256 = file.sha256.toString('hex');
  return {
    sha256,
    bytes: Number(file.byteCount),
    lines: file.rowCount,
    reason: file.reason,
    mayBeReconciled: file.mayBeReconciled,
    times: file.times,
    firstRefusedAt: file.firstRefusedAt,
    lastRefusedAt: file.lastRefusedAt,
    link: `/admin/v1/bulk-payment-jobs/${file.bulkPaymentJobId}/refused-result-files/${sha256}/file`,
  };
}
