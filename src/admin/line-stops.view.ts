import { ApiProperty } from '@nestjs/swagger';
import { statesOf } from '../kernel/transitions';
import { LINE_STOP_KINDS, LINE_STOP_TRANSITIONS, type LineStop } from '../line-stop';

export class LineStopView {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: LINE_STOP_KINDS }) kind!: string;
  @ApiProperty({ enum: statesOf(LINE_STOP_TRANSITIONS) }) state!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The job it parks' }) jobId!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The subscription it parks' })
  subscriptionId!: string | null;
  @ApiProperty({ description: 'What is wrong, in words' }) violation!: string;
  @ApiProperty({ type: Object, description: 'The rows that show it' }) evidence!: object;
  @ApiProperty() raisedAt!: Date;
  @ApiProperty({ type: Object, nullable: true, description: 'Who resolved it, when and why' })
  resolution!: object | null;
}

export function lineStopViewOf(stop: LineStop): LineStopView {
  const { id, kind, state, bulkPaymentJobId: jobId, subscriptionId, violation, evidence, raisedAt } = stop;
  const { resolvedAt: at, resolvedBy: by, resolutionReason: reason } = stop;
  const resolution = at === null ? null : { at, by, reason };
  return { id, kind, state, jobId, subscriptionId, violation, evidence, raisedAt, resolution };
}
