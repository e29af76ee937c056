import { Get, Query } from '@nestjs/common';
import { ApiOperation, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { DomainError } from '../kernel/errors';
import { Scope } from './access';
import { AdminController } from './admin-controller';
import { ListOf, WHOLE } from './lists';
import { AnswerView, answerViewOf } from './inquiry.view';
import { Inquiry } from './inquiry.service';

const NAMES = ['orderNo', 'transactionId', 'customerReference'] as const;
const TEXT = { message: '1 to 200 characters without control characters' };

class InquiryQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @Matches(/^\P{Cc}{1,200}$/u, TEXT)
  orderNo?: string;

  @ApiPropertyOptional({ description: 'T store’s id of the payment' })
  @IsOptional()
  @Matches(/^\P{Cc}{1,200}$/u, TEXT)
  transactionId?: string;

  @ApiPropertyOptional({ description: 'Your own name for the customer; the latest charges are told' })
  @IsOptional()
  @Matches(/^\P{Cc}{1,200}$/u, TEXT)
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
