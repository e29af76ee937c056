import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Length, Matches } from 'class-validator';
import {
  DISCREPANCY_KINDS,
  DISCREPANCY_TRANSITIONS,
  type DiscrepancyKind,
  type DiscrepancyState,
} from '../../bulk-payment';
import { statesOf } from '../../kernel/transitions';
import { ReasonBody } from '../frame/reason.dto';
import { IsId, MayBeMissing } from '../frame/body-fields';
import { PageOfDays } from '../frame/days.dto';
import { IsGatewayId } from '../frame/text-fields';

const STATES = statesOf(DISCREPANCY_TRANSITIONS);
const OUTCOMES = ['paid', 'declined'] as const;

export class DiscrepancyListQuery extends PageOfDays('Found') {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES, { message: `one of ${STATES.join(', ')}` })
  state?: DiscrepancyState;

  @ApiPropertyOptional({ enum: DISCREPANCY_KINDS })
  @IsOptional()
  @IsIn(DISCREPANCY_KINDS, { message: `one of ${DISCREPANCY_KINDS.join(', ')}` })
  kind?: DiscrepancyKind;

  @ApiPropertyOptional()
  @IsOptional()
  @IsId('the id of a job')
  jobId?: string;

  @ApiPropertyOptional()
  @IsOptional()
  // As a result file may have it, which names orders we never had.
  @Length(1, 200, { message: '1 to 200 characters' })
  orderNo?: string;
}

export class LookupBody {
  @ApiPropertyOptional({ description: 'Which transaction to ask for, where the line names none' })
  @MayBeMissing()
  @IsGatewayId()
  transactionId?: string;
}

export class CloseBody extends ReasonBody {}

export class AcceptBody extends CloseBody {
  @ApiProperty({ enum: OUTCOMES, description: 'As what the charge is settled, for its own amount' })
  @IsIn(OUTCOMES, { message: `one of ${OUTCOMES.join(', ')}` })
  outcome!: (typeof OUTCOMES)[number];

  @ApiPropertyOptional({ description: 'T store’s id of the payment, where the line names none or a wrong one' })
  @MayBeMissing()
  @IsGatewayId()
  transactionId?: string;

  @ApiPropertyOptional({ description: 'T store’s code of the decline, where the line names none' })
  @MayBeMissing()
  @Matches(/^[!-~]{1,64}$/, { message: '1 to 64 printable characters without spaces' })
  resultCode?: string;
}
