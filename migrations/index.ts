import type { MigrationInterface } from 'typeorm';
import { AppendOnly1763600000000 } from './1763600000000-append-only';
import { Secrets1763600000001 } from './1763600000001-secrets';
import { Notification1763600000002 } from './1763600000002-notification';
import { Subscription1763600000003 } from './1763600000003-subscription';
import { BulkPaymentJob1763600000004 } from './1763600000004-bulk-payment-job';
import { Charge1763600000005 } from './1763600000005-charge';
import { Discrepancy1763600000006 } from './1763600000006-discrepancy';
import { BulkInserts1763700000101 } from './1763700000101-bulk-inserts';
import { DiscrepancyDecision1763700000201 } from './1763700000201-discrepancy-decision';
import { SettlementReaders1763700000301 } from './1763700000301-settlement-readers';
import { StageProgress1763700000302 } from './1763700000302-stage-progress';
import { SubscriptionTerms1763700000401 } from './1763700000401-subscription-terms';
import { SubscribeAgain1763700000402 } from './1763700000402-subscribe-again';
import { Retry1763700000501 } from './1763700000501-retry';
import { BillingRunGuard1763700000502 } from './1763700000502-billing-run-guard';
import { KillSwitch1763700000503 } from './1763700000503-kill-switch';
import { LineStop1763700000601 } from './1763700000601-line-stop';
import { Doubt1763700000602 } from './1763700000602-doubt';
import { RefundedTooMuch1763700000603 } from './1763700000603-refunded-too-much';
import { ApiKey1763700001001 } from './1763700001001-api-key';
import { AuditLog1763700001002 } from './1763700001002-audit-log';
import { IdempotencyKey1763700001003 } from './1763700001003-idempotency-key';
import { ChargeLookups1763700001101 } from './1763700001101-charge-lookups';
import { TransactionLookup1763700001102 } from './1763700001102-transaction-lookup';
import { Refund1763700001103 } from './1763700001103-refund';
import { KeyOwner1795000000000 } from './1795000000000-key-owner';
import { SubscriptionEndings1795100000000 } from './1795100000000-subscription-endings';
import { KeyLineage1795200001001 } from './1795200001001-key-lineage';
import { Approval1795200001002 } from './1795200001002-approval';
import { UploadGuard1795200001003 } from './1795200001003-upload-guard';
import { PaymentSettlesOnce1795200002001 } from './1795200002001-payment-settles-once';
import { LookAlikeCustomers1795200002002 } from './1795200002002-look-alike-customers';
import { DecidedDiscrepancies1795200002003 } from './1795200002003-decided-discrepancies';
import { NotificationRetention1795200006001 } from './1795200006001-notification-retention';
import { TextRules1795200003001 } from './1795200003001-text-rules';
import { RefusedResultFile1795200004001 } from './1795200004001-refused-result-file';
import { Unbillable1795200005001 } from './1795200005001-unbillable';
import { OutsideRefund1795200005002 } from './1795200005002-outside-refund';
import { SchedulerStep1795200005003 } from './1795200005003-scheduler-step';
import { ChargesSetAside1795300002001 } from './1795300002001-charges-set-aside';
import { WriteProof1795300002002 } from './1795300002002-write-proof';
import { ClosedCharges1795300003000 } from './1795300003000-closed-charges';
import { SignedKeys1795300001000 } from './1795300001000-signed-keys';
import { LineCheckPositions1795300004000 } from './1795300004000-line-check-positions';
import { ToldApart1795300004001 } from './1795300004001-told-apart';
import { NameSkeleton1795300004002 } from './1795300004002-name-skeleton';
import { RebilledCharges1795300003001 } from './1795300003001-rebilled-charges';
import { GatewayOfACharge1795300008001 } from './1795300008001-gateway-of-a-charge';
import { GatewayAccount1795400001001 } from './1795400001001-gateway-account';
import { TokensByAccount1795400001002 } from './1795400001002-tokens-by-account';
import { StateArrows1795400003001 } from './1795400003001-state-arrows';
import { OutsideRefundHistory1795400003002 } from './1795400003002-outside-refund-history';
import { PaidAfterAll1795500000001 } from './1795500000001-paid-after-all';
import { GatewayEvidence1795500100000 } from './1795500100000-gateway-evidence';
import { LetGoBySecondPersons1795500300000 } from './1795500300000-let-go-by-second-persons';
import { ChargesOfAnyGateway1795500400001 } from './1795500400001-charges-of-any-gateway';

/** Every migration, in the order they run. A list rather than a glob: a glob over compiled files registers each twice. */
export const MIGRATIONS: (new () => MigrationInterface)[] = [
  AppendOnly1763600000000,
  Secrets1763600000001,
  Notification1763600000002,
  Subscription1763600000003,
  BulkPaymentJob1763600000004,
  Charge1763600000005,
  Discrepancy1763600000006,
  BulkInserts1763700000101,
  DiscrepancyDecision1763700000201,
  SettlementReaders1763700000301,
  StageProgress1763700000302,
  SubscriptionTerms1763700000401,
  SubscribeAgain1763700000402,
  Retry1763700000501,
  BillingRunGuard1763700000502,
  KillSwitch1763700000503,
  LineStop1763700000601,
  Doubt1763700000602,
  RefundedTooMuch1763700000603,
  ApiKey1763700001001,
  AuditLog1763700001002,
  IdempotencyKey1763700001003,
  ChargeLookups1763700001101,
  TransactionLookup1763700001102,
  Refund1763700001103,
  KeyOwner1795000000000,
  SubscriptionEndings1795100000000,
  KeyLineage1795200001001,
  Approval1795200001002,
  UploadGuard1795200001003,
  PaymentSettlesOnce1795200002001,
  LookAlikeCustomers1795200002002,
  DecidedDiscrepancies1795200002003,
  NotificationRetention1795200006001,
  TextRules1795200003001,
  Unbillable1795200005001,
  OutsideRefund1795200005002,
  SchedulerStep1795200005003,
  RefusedResultFile1795200004001,
  ClosedCharges1795300003000,
  SignedKeys1795300001000,
  LineCheckPositions1795300004000,
  ToldApart1795300004001,
  NameSkeleton1795300004002,
  RebilledCharges1795300003001,
  ChargesSetAside1795300002001,
  WriteProof1795300002002,
  GatewayOfACharge1795300008001,
  GatewayAccount1795400001001,
  TokensByAccount1795400001002,
  StateArrows1795400003001,
  OutsideRefundHistory1795400003002,
  PaidAfterAll1795500000001,
  GatewayEvidence1795500100000,
  LetGoBySecondPersons1795500300000,
  ChargesOfAnyGateway1795500400001,
];
