import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import {
  DISCREPANCY_KINDS,
  DISCREPANCY_TRANSITIONS,
  type DiscrepancyKind,
  type DiscrepancyState,
} from '../bulk-payment';
import { statesOf } from '../kernel/transitions';
import { IsId, MayBeMissing } from './body-fields';
import { PageQuery } from './bulk-payment-jobs.dto';

const STATES = statesOf(DISCREPANCY_TRANSITIONS);
const OUTCOMES = ['paid', 'declined'] as const;
const PRINTABLE = /^[!-~]{1,64}$/;
const PRINTABLE_MESSAGE = '1 to 64 printable characters without spaces';

export class DiscrepancyListQuery extends PageQuery {
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
  @Length(1, 200, { message: 'an order number' })
  orderNo?: string;
}

export class LookupBody {
  @ApiPropertyOptional({ description: 'Which transaction to ask for, where the line names none' })
  @MayBeMissing()
  @Matches(PRINTABLE, { message: PRINTABLE_MESSAGE })
  transactionId?: string;
}

export class CloseBody {
  @ApiProperty({ minLength: 1, maxLength: 500, description: 'Why; kept for ever' })
  @IsString({ message: 'text' })
  @Matches(/\S/, { message: 'a reason in words' })
  @Length(1, 500, { message: '1 to 500 characters' })
  reason!: string;
}

export class AcceptBody extends CloseBody {
  @ApiProperty({ enum: OUTCOMES, description: 'As what the charge is settled, for its own amount' })
  @IsIn(OUTCOMES, { message: `one of ${OUTCOMES.join(', ')}` })
  outcome!: (typeof OUTCOMES)[number];

  @ApiPropertyOptional({ description: 'T store’s id of the payment, where the line names none or a wrong one' })
  @MayBeMissing()
  @Matches(PRINTABLE, { message: PRINTABLE_MESSAGE })
  transactionId?: string;

  @ApiPropertyOptional({ description: 'T store’s code of the decline, where the line names none' })
  @MayBeMissing()
  @Matches(PRINTABLE, { message: PRINTABLE_MESSAGE })
  resultCode?: string;
}
