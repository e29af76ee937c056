export { keptAnswer } from './kept-answer';
export { lastLook, nextLook } from './next-look';
export {
  LOOKUP_ANSWERS,
  TransactionLookup,
  isOfProduct,
  isWithToken,
  mayBeRefunded,
  tells,
  tellsSql,
  type FoundTransaction,
  type LookupAnswer,
  type ToldAnswer,
} from './transaction-lookup.entity';
export { TransactionLookupModule } from './transaction-lookup.module';
export { TransactionLookups, type PaymentReference } from './transaction-lookups.service';
