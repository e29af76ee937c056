export {
  TransactionLookup,
  isOfProduct,
  isWithToken,
  mayBeRefunded,
  type FoundTransaction,
} from './transaction-lookup.entity';
export { TransactionLookupModule } from './transaction-lookup.module';
export { TransactionLookups } from './transaction-lookups.service';
