import { HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { TSTORE_CHECK_OUTCOMES, TstoreCheck, type TstoreVerdict } from '../../bulk-payment';
import { Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { IsAccountId } from '../frame/text-fields';

class TstoreCheckView implements TstoreVerdict {
  @ApiProperty({
    enum: TSTORE_CHECK_OUTCOMES,
    description: '`no-token`: it was reached and gave none, for another reason than the credentials',
  })
  outcome!: TstoreVerdict['outcome'];
  @ApiProperty({ description: 'What was seen' }) detail!: string;
  @ApiProperty({ description: 'What to do next' }) act!: string;
  @ApiProperty() at!: Date;
}

class CheckQuery {
  @ApiPropertyOptional({ default: 'tstore', description: 'The gateway account whose secrets are tried' })
  @IsOptional()
  @IsAccountId()
  account: string = 'tstore';
}

/** Whether what the service relies on works, when somebody wants to know it now. */
@AdminController('checks')
export class ChecksController {
  constructor(private readonly tstore: TstoreCheck) {}

  @Post('tstore')
  @HttpCode(200)
  @Scope('checks:run')
  @ApiOperation({
    summary: 'Ask T store for an access token of an account; a failure leaves the stored one. A few times a minute',
  })
  @ApiOkResponse({ type: TstoreCheckView })
  checkTstore(@Query() { account }: CheckQuery): Promise<TstoreVerdict> {
    return this.tstore.run(account);
  }
}
