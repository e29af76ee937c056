import { HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { ACCOUNT_GATEWAYS, type GatewayName } from '../../gateway-account';
import { ACCOUNT_CHECK_OUTCOMES, AccountChecks, type AccountVerdict } from '../../gateways';
import { Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { IsAccountId } from '../frame/text-fields';

class AccountCheckView implements AccountVerdict {
  @ApiProperty({
    enum: ACCOUNT_CHECK_OUTCOMES,
    description:
      '`no-token`, `no-verdict`: the gateway was reached and gave no token, or did not say, for another reason than the credentials',
  })
  outcome!: AccountVerdict['outcome'];
  @ApiProperty({ description: 'What was seen' }) detail!: string;
  @ApiProperty({ description: 'What to do next' }) act!: string;
  @ApiProperty() at!: Date;
}

class CheckParameter {
  @ApiProperty({ enum: ACCOUNT_GATEWAYS })
  @IsIn(ACCOUNT_GATEWAYS, { message: `one of ${ACCOUNT_GATEWAYS.join(', ')}` })
  gateway!: GatewayName;
}

class CheckQuery {
  @ApiPropertyOptional({
    description: 'The gateway account whose newest secrets are tried; left out: the one that settings make',
  })
  @IsOptional()
  @IsAccountId()
  account?: string;
}

/** Whether what the service relies on works, when somebody wants to know it now. */
@AdminController('checks')
export class ChecksController {
  constructor(private readonly checks: AccountChecks) {}

  @Post(':gateway')
  @HttpCode(200)
  @Scope('checks:run')
  @ApiOperation({
    summary: 'Try the newest credentials of an account at its gateway; no money is moved. A few times a minute',
  })
  @ApiOkResponse({ type: AccountCheckView })
  check(@Param() { gateway }: CheckParameter, @Query() { account }: CheckQuery): Promise<AccountVerdict> {
    return this.checks.check(gateway, account ?? gateway);
  }
}
