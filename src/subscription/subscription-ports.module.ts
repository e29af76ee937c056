import { Global, Module } from '@nestjs/common';
import { SettlementEffects } from '../charge';
import { LineStopModule } from '../line-stop';
import { ParkedSubscriptions } from './parked-subscriptions';
import { SubscriptionSettlement } from './subscription-settlement';

/** Binds the ports that rooms below declare to what they mean here. Global, because those who call them are below. */
@Global()
@Module({
  imports: [LineStopModule],
  providers: [ParkedSubscriptions, { provide: SettlementEffects, useClass: SubscriptionSettlement }],
  exports: [SettlementEffects],
})
export class SubscriptionPortsModule {}
