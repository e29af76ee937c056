import { Global, Module } from '@nestjs/common';
import { SettlementEffects } from '../charge';
import { SubscriptionSettlement } from './subscription-settlement';

/** Binds the port that `charge` declares to what settled charges mean here. Global, because those who call it are below. */
@Global()
@Module({
  providers: [{ provide: SettlementEffects, useClass: SubscriptionSettlement }],
  exports: [SettlementEffects],
})
export class SettlementEffectsModule {}
