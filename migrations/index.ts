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
import { TextRules1795200003001 } from './1795200003001-text-rules';
import { RefusedResultFile1795200004001 } from './1795200004001-refused-result-file';
import { Unbillable1795200005001 } from './1795200005001-unbillable';
import { OutsideRefund1795200005002 } from './1795200005002-outside-refund';
import { SchedulerStep1795200005003 } from './1795200005003-scheduler-step';
import { NotificationRetention1795200006001 } from './1795200006001-notification-retention';
import { SignedKeys1795300001000 } from './1795300001000-signed-keys';
import { ChargesSetAside1795300002001 } from './1795300002001-charges-set-aside';
import { WriteProof1795300002002 } from './1795300002002-write-proof';
import { ClosedCharges1795300003000 } from './1795300003000-closed-charges';
import { RebilledCharges1795300003001 } from './1795300003001-rebilled-charges';
import { LineCheckPositions1795300004000 } from './1795300004000-line-check-positions';
import { ToldApart1795300004001 } from './1795300004001-told-apart';
import { NameSkeleton1795300004002 } from './1795300004002-name-skeleton';
import { GatewayOfACharge1795300008001 } from './1795300008001-gateway-of-a-charge';
import { GatewayAccount1795400001001 } from './1795400001001-gateway-account';
import { TokensByAccount1795400001002 } from './1795400001002-tokens-by-account';
import { StateArrows1795400003001 } from './1795400003001-state-arrows';
import { OutsideRefundHistory1795400003002 } from './1795400003002-outside-refund-history';
import { PaidAfterAll1795500000001 } from './1795500000001-paid-after-all';
import { GatewayEvidence1795500100000 } from './1795500100000-gateway-evidence';
import { LetGoBySecondPersons1795500300000 } from './1795500300000-let-go-by-second-persons';
import { ChargesOfAnyGateway1795500400001 } from './1795500400001-charges-of-any-gateway';
import { WithdrawnCharges1795600000001 } from './1795600000001-withdrawn-charges';
import { WhatALookupSays1795700000001 } from './1795700000001-what-a-lookup-says';
import { PaymentWatch1795700000002 } from './1795700000002-payment-watch';
import { InboxOfAnyGateway1795800000000 } from './1795800000000-inbox-of-any-gateway';
import { PaymentMethods1795800000001 } from './1795800000001-payment-methods';
import { AccountsOfTheirGateway1795800000002 } from './1795800000002-accounts-of-their-gateway';
import { BirthsAndHistories1795900000001 } from './1795900000001-births-and-histories';
import { RefundReversal1796000000000 } from './1796000000000-refund-reversal';
import { DirectPayment1796200000001 } from './1796200000001-direct-payment';
import { Order1796200000002 } from './1796200000002-order';
import { RepeatedUploads1796500000001 } from './1796500000001-repeated-uploads';
import { PayersToldApart1796500000002 } from './1796500000002-payers-told-apart';
import { ClaimedPayments1796500000011 } from './1796500000011-claimed-payments';
import { MethodRegistration1796500000031 } from './1796500000031-method-registration';
import { MethodPayments1796500000032 } from './1796500000032-method-payments';
import { GatewayExchange1796500000051 } from './1796500000051-gateway-exchange';
import { TieOut1796500000052 } from './1796500000052-tie-out';
import { SendingIsHeld1796500000061 } from './1796500000061-sending-is-held';
import { PaymentLooks1796500000062 } from './1796500000062-payment-looks';
import { ChargeBuyer1796500000081 } from './1796500000081-charge-buyer';
import { MessagesAboutPayments1796600000000 } from './1796600000000-messages-about-payments';
import { DepositAccounts1796600000010 } from './1796600000010-deposit-accounts';
import { RefundAccounts1796600000011 } from './1796600000011-refund-accounts';
import { PricesOfAnyGateway1796600000050 } from './1796600000050-prices-of-any-gateway';
import { AnotherKey1796600000051 } from './1796600000051-another-key';
import { PaymentsNotOwed1796600000052 } from './1796600000052-payments-not-owed';
import { TurnsTaken1796700000001 } from './1796700000001-turns-taken';
import { GatewayAccountCheck1796700000002 } from './1796700000002-gateway-account-check';
import { GatewayAccountCheckSince1796700000012 } from './1796700000012-gateway-account-check-since';
import { GatewayReference1796700000021 } from './1796700000021-gateway-reference';
import { WindowsByDay1796700000041 } from './1796700000041-windows-by-day';
import { ListFiles1796700000042 } from './1796700000042-list-files';

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
  TextRules1795200003001,
  RefusedResultFile1795200004001,
  Unbillable1795200005001,
  OutsideRefund1795200005002,
  SchedulerStep1795200005003,
  NotificationRetention1795200006001,
  SignedKeys1795300001000,
  ChargesSetAside1795300002001,
  WriteProof1795300002002,
  ClosedCharges1795300003000,
  RebilledCharges1795300003001,
  LineCheckPositions1795300004000,
  ToldApart1795300004001,
  NameSkeleton1795300004002,
  GatewayOfACharge1795300008001,
  GatewayAccount1795400001001,
  TokensByAccount1795400001002,
  StateArrows1795400003001,
  OutsideRefundHistory1795400003002,
  PaidAfterAll1795500000001,
  GatewayEvidence1795500100000,
  LetGoBySecondPersons1795500300000,
  ChargesOfAnyGateway1795500400001,
  WithdrawnCharges1795600000001,
  WhatALookupSays1795700000001,
  PaymentWatch1795700000002,
  InboxOfAnyGateway1795800000000,
  PaymentMethods1795800000001,
  AccountsOfTheirGateway1795800000002,
  BirthsAndHistories1795900000001,
  RefundReversal1796000000000,
  DirectPayment1796200000001,
  Order1796200000002,
  RepeatedUploads1796500000001,
  PayersToldApart1796500000002,
  ClaimedPayments1796500000011,
  MethodRegistration1796500000031,
  MethodPayments1796500000032,
  GatewayExchange1796500000051,
  TieOut1796500000052,
  SendingIsHeld1796500000061,
  PaymentLooks1796500000062,
  ChargeBuyer1796500000081,
  MessagesAboutPayments1796600000000,
  DepositAccounts1796600000010,
  RefundAccounts1796600000011,
  PricesOfAnyGateway1796600000050,
  AnotherKey1796600000051,
  PaymentsNotOwed1796600000052,
  TurnsTaken1796700000001,
  GatewayAccountCheck1796700000002,
  GatewayAccountCheckSince1796700000012,
  GatewayReference1796700000021,
  WindowsByDay1796700000041,
  ListFiles1796700000042,
];
