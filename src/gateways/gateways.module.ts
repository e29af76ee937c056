import { Module } from '@nestjs/common';
import { Gateways } from './gateways';
import { TstoreGatewayModule } from './tstore';

/** Every gateway there is, behind the ports. */
@Module({ imports: [TstoreGatewayModule], providers: [Gateways], exports: [Gateways] })
export class GatewaysModule {}
