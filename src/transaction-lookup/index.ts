export { TransactionLookup, isOfProduct, isWithToken, type FoundTransaction } from './transaction-lookup.entity';
export { TransactionLookupModule } from './transaction-lookup.module';
export { TransactionLookups } from './transaction-lookups.service';
