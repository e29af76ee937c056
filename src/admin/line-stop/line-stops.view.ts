import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { statesOf } from '../../kernel/transitions';
import { LINE_STOP_KINDS, LINE_STOP_TRANSITIONS, type LineStop } from '../../line-stop';
import { LINE_STOP_EVIDENCE } from './line-stop-evidence.view';
import { FirstColumns } from '../lists';

class ResolutionView {
  @ApiProperty() at!: Date;
  @ApiProperty({ type: String, nullable: true }) by!: string | null;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
  @ApiProperty({ description: 'Those it took for one customer are several, who only look alike or have one payer' })
  differentCustomers!: boolean;
}

class LineStopLinksView {
  @ApiProperty() self!: string;
  @ApiPropertyOptional({ description: 'The job it parks' }) job?: string;
  @ApiPropertyOptional({ description: 'The subscription it parks' }) subscription?: string;
}

@ApiExtraModels(...LINE_STOP_EVIDENCE)
@FirstColumns('raisedAt', 'kind', 'state', 'violation', 'jobId', 'subscriptionId')
export class LineStopView {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: LINE_STOP_KINDS }) kind!: string;
  @ApiProperty({ enum: statesOf(LINE_STOP_TRANSITIONS) }) state!: string;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: LineStopLinksView, description: 'What it is about' }) links!: LineStopLinksView;
  @ApiProperty({ type: String, nullable: true, description: 'The job it parks' }) jobId!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The subscription it parks' })
  subscriptionId!: string | null;
  @ApiProperty({ description: 'What is wrong, in words' }) violation!: string;
  @ApiProperty({
    oneOf: LINE_STOP_EVIDENCE.map((view) => ({ $ref: getSchemaPath(view) })),
    description: 'The rows that show it, by its kind',
  })
  evidence!: object;
  @ApiProperty() raisedAt!: Date;
  @ApiProperty({ type: ResolutionView, nullable: true, description: 'Who resolved it, when and why' })
  resolution!: ResolutionView | null;
  @ApiProperty({ description: 'Changes with it; also its ETag' }) version!: string;
}

export function lineStopViewOf(stop: LineStop): LineStopView {
  const { id, kind, state, bulkPaymentJobId: jobId, subscriptionId, violation, evidence, raisedAt, version } = stop;
  const { resolvedAt: at, resolvedBy: by, resolutionReason: reason, differentCustomers } = stop;
  const resolution = at === null ? null : { at, by, reason, differentCustomers };
  const actions = Object.keys(LINE_STOP_TRANSITIONS[state]);
  const links = {
    self: `/admin/v1/line-stops/${id}`,
    ...(jobId !== null && { job: `/admin/v1/bulk-payment-jobs/${jobId}` }),
    ...(subscriptionId !== null && { subscription: `/admin/v1/subscriptions/${subscriptionId}` }),
  };
  return {
    ...{ id, kind, state, actions, links, jobId, subscriptionId, violation, evidence, raisedAt },
    ...{ resolution, version },
  };
}
