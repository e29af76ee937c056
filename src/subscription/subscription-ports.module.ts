import { Global, Module } from '@nestjs/common';
import { SettlementEffects, UnwantedCharges } from '../charge';
import { LineStopModule } from '../line-stop';
import { MethodEffects } from '../payment-method';
import { ChangesSincePlanning } from './changes-since-planning';
import { ParkedSubscriptions } from './parked-subscriptions';
import { SubscriptionMethods } from './subscription-methods';
import { SubscriptionSettlement } from './subscription-settlement';

/** Binds the ports that rooms below declare to what they mean here. Global, because those who call them are below. */
@Global()
@Module({
  imports: [LineStopModule],
  providers: [
    ParkedSubscriptions,
    ChangesSincePlanning,
    { provide: MethodEffects, useClass: SubscriptionMethods },
    { provide: SettlementEffects, useClass: SubscriptionSettlement },
    { provide: UnwantedCharges, useExisting: ChangesSincePlanning },
  ],
  exports: [ChangesSincePlanning, MethodEffects, SettlementEffects, UnwantedCharges],
})
export class SubscriptionPortsModule {}
