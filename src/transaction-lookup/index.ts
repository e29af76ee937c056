export { TransactionLookup, isOfProduct, isWithToken, type FoundTransaction } from './transaction-lookup.entity';
export { TransactionLookupModule } from './transaction-lookup.module';
export { TransactionLookups, type FreshLookup, type PaymentReference } from './transaction-lookups.service';
