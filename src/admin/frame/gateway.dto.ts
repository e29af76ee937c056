import type { Type } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { GATEWAY_NAMES, type GatewayName } from '../../gateway-account';
import { IsAccountId } from './text-fields';

/** A list that may be narrowed to one gateway's, or one account's. */
export interface ByGateway {
  gateway?: GatewayName;
  gatewayAccount?: string;
}

/** The query of a list, and by whom that which is listed is collected. */
export function ByGatewayToo<Query extends object>(Base: Type<Query>): Type<Query & ByGateway> {
  class ByGatewayQuery extends (Base as Type<object>) {
    @ApiPropertyOptional({ enum: GATEWAY_NAMES, description: 'Of this gateway only' })
    @IsOptional()
    @IsIn(GATEWAY_NAMES, { message: `one of ${GATEWAY_NAMES.join(', ')}` })
    gateway?: GatewayName;

    @ApiPropertyOptional({ description: 'Of this gateway account only' })
    @IsOptional()
    @IsAccountId()
    gatewayAccount?: string;
  }
  return ByGatewayQuery as unknown as Type<Query & ByGateway>;
}
