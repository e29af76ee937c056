import { Get, Query } from '@nestjs/common';
import { ApiOperation, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Length } from 'class-validator';
import { DomainError } from '../../kernel/errors';
import { MAX_CUSTOMER_REFERENCE_LENGTH } from '../../subscription';
import { Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { ListOf, WHOLE } from '../lists';
import { AnswerView, answerViewOf } from './inquiry.view';
import { Inquiry } from './inquiry.service';
import { IsGatewayId, IsOrderNo } from '../frame/text-fields';

const NAMES = ['orderNo', 'transactionId', 'customerReference'] as const;

class InquiryQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @IsOrderNo()
  orderNo?: string;

  @ApiPropertyOptional({ description: 'The gateway’s id of the payment' })
  @IsOptional()
  @IsGatewayId()
  transactionId?: string;

  @ApiPropertyOptional({
    description: 'Your own name for the customer, in whatever spelling; the latest charges are told',
  })
  @IsOptional()
  @Length(1, MAX_CUSTOMER_REFERENCE_LENGTH, {
    message: `1 to ${MAX_CUSTOMER_REFERENCE_LENGTH} characters`,
  })
  customerReference?: string;
}

/** The question of 02:00: was this customer charged, how do we know, and what may I do now? */
@AdminController('inquiry')
export class InquiryController {
  constructor(private readonly inquiry: Inquiry) {}

  @Get()
  @Scope('charges:read')
  @ListOf(AnswerView, WHOLE)
  @ApiOperation({
    summary: 'Was this customer charged, how do we know, what may I do now? By one of three names; newest charge first',
  })
  async ask(@Query() query: InquiryQuery): Promise<{ items: AnswerView[] }> {
    if (NAMES.filter((name) => query[name] !== undefined).length !== 1) {
      throw new DomainError('invalid-request', 'Ask by one name', {
        faults: NAMES.map((field) => ({ field, expected: `exactly one of ${NAMES.join(', ')}` })),
      });
    }
    return { items: (await this.inquiry.factsOf(query)).map(answerViewOf) };
  }
}
