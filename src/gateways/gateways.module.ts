import { Module } from '@nestjs/common';
import { Gateways } from './gateways';
import { TstoreModule } from './tstore';

/** Every gateway there is, behind the ports. */
@Module({ imports: [TstoreModule], providers: [Gateways], exports: [Gateways] })
export class GatewaysModule {}
