import { PageQuery } from '../frame/page';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, Matches } from 'class-validator';
import { JOB_TRANSITIONS, type JobState } from '../../bulk-payment';
import type { SeoulDate } from '../../kernel/seoul-calendar';
import { MAX_GATEWAY_ID_LENGTH } from '../../gateways';
import { statesOf } from '../../kernel/transitions';
import { ReasonBody } from '../frame/reason.dto';
import { IsId, IsSeoulDate, toBoolean } from '../frame/body-fields';
import { ByGatewayToo } from '../frame/gateway.dto';
import { IsAccountId, IsGatewayId, IsIdentifier, MAX_REFERENCE_LENGTH } from '../frame/text-fields';

const JOB_STATES = statesOf(JOB_TRANSITIONS);

/** Ids are decimal digits in text, as all 64-bit numbers are here. */
export class JobIdParameter {
  @ApiProperty({ example: '42' })
  @IsId('the id of a job')
  id!: string;
}

export class JobListQuery extends ByGatewayToo(PageQuery) {
  @ApiPropertyOptional({ enum: JOB_STATES })
  @IsOptional()
  @IsIn(JOB_STATES, { message: `one of ${JOB_STATES.join(', ')}` })
  state?: JobState;

  @ApiPropertyOptional({ description: 'Whether nobody can tell if T store has the job; it waits for a person then' })
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean({ message: 'true or false' })
  inDoubt?: boolean;

  @ApiPropertyOptional({ description: 'Whether its last stage failed; `retry` says why, and when it is tried again' })
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean({ message: 'true or false' })
  failing?: boolean;

  @ApiPropertyOptional({
    description: 'Whether a discrepancy of it is open: a person must decide what its charges are',
  })
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean({ message: 'true or false' })
  undecided?: boolean;

  @ApiPropertyOptional({ description: 'Whether it was sent a day ago or earlier, and no notification has come' })
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean({ message: 'true or false' })
  unnotified?: boolean;

  @ApiPropertyOptional({ description: 'T store’s id of the job' })
  @IsOptional()
  @IsGatewayId()
  gatewayJobId?: string;

  @ApiPropertyOptional({ type: String, format: 'date', description: 'Made on this Seoul day or later' })
  @IsOptional()
  @IsSeoulDate()
  from?: SeoulDate;

  @ApiPropertyOptional({ type: String, format: 'date', description: 'Made on this Seoul day or earlier' })
  @IsOptional()
  @IsSeoulDate()
  to?: SeoulDate;
}

const SHA256 = /^[0-9A-Fa-f]{64}$/;
const SHA256_MESSAGE = { message: 'a SHA-256 in 64 hexadecimal digits' };

export class RefusedResultParameters extends JobIdParameter {
  @ApiProperty({ description: 'Hexadecimal', minLength: 64, maxLength: 64 })
  @Matches(SHA256, SHA256_MESSAGE)
  sha256!: string;
}

export class ReconcileAsIsBody extends ReasonBody {
  @ApiProperty({ description: 'Of the refused result file, hexadecimal', minLength: 64, maxLength: 64 })
  @Matches(SHA256, SHA256_MESSAGE)
  sha256!: string;
}

export class AttachGatewayJobBody extends ReasonBody {
  @ApiProperty({ description: 'T store’s id of the job', maxLength: MAX_GATEWAY_ID_LENGTH })
  @IsGatewayId()
  gatewayJobId!: string;
}

export class UploadQuery {
  @ApiPropertyOptional({
    description: 'What you call this batch. The same content is taken once for each reference.',
    maxLength: MAX_REFERENCE_LENGTH,
  })
  @IsOptional()
  @IsIdentifier(MAX_REFERENCE_LENGTH)
  batchReference?: string;

  @ApiPropertyOptional({
    default: 'tstore',
    description: 'The gateway account it is collected by; its rows name its mid',
  })
  @IsOptional()
  @IsAccountId()
  account: string = 'tstore';
}
