import { Global, Module } from '@nestjs/common';
import { PaymentClaims } from '../refund';
import { ClaimedPayments } from './discrepancy/claimed-payments';

/** Binds the ports that rooms below declare to what they mean here. Global, because those who call them are below. */
@Global()
@Module({
  providers: [{ provide: PaymentClaims, useClass: ClaimedPayments }],
  exports: [PaymentClaims],
})
export class BulkPaymentPortsModule {}
