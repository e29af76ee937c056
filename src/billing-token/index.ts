export { BillingToken } from './billing-token.entity';
export { BillingTokenModule } from './billing-token.module';
export { maskBillingTokens } from './mask-billing-tokens';
export { BillingTokenVault, type SealedBillingToken } from './billing-token.vault';
