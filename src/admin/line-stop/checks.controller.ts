import { HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { GatewayAccounts } from '../../gateway-account';
import { ACCOUNT_CHECK_OUTCOMES, Gateways, type AccountVerdict } from '../../gateways';
import { Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { IsAccountId } from '../frame/text-fields';

class AccountCheckView implements AccountVerdict {
  @ApiProperty({
    enum: ACCOUNT_CHECK_OUTCOMES,
    description: '`no-token`: it was reached and gave none, for another reason than the credentials',
  })
  outcome!: AccountVerdict['outcome'];
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
  constructor(
    private readonly gateways: Gateways,
    private readonly accounts: GatewayAccounts,
  ) {}

  @Post('tstore')
  @HttpCode(200)
  @Scope('checks:run')
  @ApiOperation({
    summary: 'Try the credentials of an account at its gateway; a failure changes nothing. A few times a minute',
  })
  @ApiOkResponse({ type: AccountCheckView })
  async checkTstore(@Query() { account }: CheckQuery): Promise<AccountVerdict> {
    const { gateway } = await this.accounts.get(account);
    return this.gateways.checking(gateway).check(account);
  }
}
