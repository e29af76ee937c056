export { BillingToken } from './billing-token.entity';
export { BillingTokenModule } from './billing-token.module';
export { BillingTokenVault, type SealedBillingToken } from './billing-token.vault';
