import { ApiProperty } from '@nestjs/swagger';
import { GATEWAY_NAMES, type GatewayName } from '../../gateway-account';
import { statesOf } from '../../kernel/transitions';
import {
  PAYMENT_METHOD_KINDS,
  PAYMENT_METHOD_TRANSITIONS,
  type PaymentMethod,
  type PaymentMethodKind,
  type PaymentMethodState,
} from '../../payment-method';
import {
  SUBSCRIPTION_TRANSITIONS,
  type SubscriptionHistory,
  type SubscriptionRecord,
  type SubscriptionState,
} from '../../subscription';
import { PriceView } from '../frame/body-fields';
import { ChangeView, changesViewOf } from '../frame/history.view';
import { FirstColumns } from '../lists';

class SubscribedProductView {
  @ApiProperty() id!: string;
  @ApiProperty() storeProductId!: string;
  @ApiProperty() name!: string;
}

class SubscriptionLinksView {
  @ApiProperty() self!: string;
  @ApiProperty() product!: string;
  @ApiProperty() charges!: string;
  @ApiProperty({ description: 'What parks it or has parked it' }) lineStops!: string;
}

class SubscriptionMethodView {
  @ApiProperty({ type: String, nullable: true, description: 'Its id; null: a billing token of T store’s' })
  id!: string | null;
  @ApiProperty({ enum: GATEWAY_NAMES }) gateway!: GatewayName;
  @ApiProperty({ description: 'The gateway account it is charged by' }) gatewayAccount!: string;
  @ApiProperty({ enum: PAYMENT_METHOD_KINDS }) kind!: PaymentMethodKind;
  @ApiProperty({ enum: statesOf(PAYMENT_METHOD_TRANSITIONS) }) state!: PaymentMethodState;
  @ApiProperty({ type: String, nullable: true, description: 'Such as card company and last digits; null: not told' })
  label!: string | null;
}

class EndedMethodView {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: GATEWAY_NAMES }) gateway!: GatewayName;
  @ApiProperty({ description: 'The gateway account it was charged by' }) gatewayAccount!: string;
  @ApiProperty({ enum: PAYMENT_METHOD_KINDS }) kind!: PaymentMethodKind;
  @ApiProperty({ enum: statesOf(PAYMENT_METHOD_TRANSITIONS) }) state!: PaymentMethodState;
  @ApiProperty({ type: String, nullable: true, description: 'Such as card company and last digits; null: not told' })
  label!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Twelve digits of the billing token’s SHA-256' })
  billingTokenHashPrefix!: string | null;
  @ApiProperty() createdAt!: Date;
  @ApiProperty({ type: Date, nullable: true, description: 'When another took its place, or it was taken away' })
  endedAt!: Date | null;
}

@FirstColumns('customerReference', 'product.name', 'state', 'price.amount', 'nextBillingOn', 'paidThroughOn')
export class SubscriptionView {
  @ApiProperty() id!: string;
  @ApiProperty() customerReference!: string;
  @ApiProperty({ type: SubscribedProductView }) product!: SubscribedProductView;
  @ApiProperty({ enum: statesOf(SUBSCRIPTION_TRANSITIONS) }) state!: SubscriptionState;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: SubscriptionLinksView, description: 'Where its evidence is' }) links!: SubscriptionLinksView;
  @ApiProperty({ type: SubscriptionMethodView, description: 'What it is paid with, whichever the gateway' })
  paymentMethod!: SubscriptionMethodView;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Twelve digits of the billing token’s SHA-256; null: another gateway collects it',
  })
  billingTokenHashPrefix!: string | null;
  @ApiProperty({ type: PriceView, description: 'What the next charge is made with' }) price!: PriceView;
  @ApiProperty({ description: 'Whether the price is this customer’s own' }) priceOverridden!: boolean;
  @ApiProperty({ format: 'date' }) startedOn!: string;
  @ApiProperty({ type: 'integer' }) anchorDay!: number;
  @ApiProperty({ type: 'integer' }) intervalMonths!: number;
  @ApiProperty({ type: String, format: 'date', nullable: true }) trialUntil!: string | null;
  @ApiProperty({ type: String, format: 'date', nullable: true }) endsOn!: string | null;
  @ApiProperty({ format: 'date' }) nextBillingOn!: string;
  @ApiProperty({ type: String, format: 'date', nullable: true }) paidThroughOn!: string | null;
  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    description:
      'Day from which a declined period is tried again, past while an attempt is on its way; null when nothing is tried',
  })
  retryOn!: string | null;
  @ApiProperty() cancelAtPeriodEnd!: boolean;
  @ApiProperty({ description: 'It waits until the customer has registered another payment method' })
  newMethodNeeded!: boolean;
  @ApiProperty() createdAt!: Date;
  @ApiProperty({ description: 'Changes with it; also its ETag' }) version!: string;
}

class SubscriptionChangeView extends ChangeView {
  @ApiProperty({ type: String, nullable: true, description: 'null: it began then' }) fromState!: string | null;
  @ApiProperty() toState!: string;
}

export class SubscriptionDetailView extends SubscriptionView {
  @ApiProperty({ type: [SubscriptionChangeView], description: 'Changes of its state and terms, oldest first' })
  history!: SubscriptionChangeView[];
  @ApiProperty({ type: [EndedMethodView], description: 'What the customer paid with and does no longer, latest first' })
  endedMethods!: EndedMethodView[];
}

export function subscriptionViewOf(record: SubscriptionRecord): SubscriptionView {
  const { productId, storeProductId, productName } = record;
  const { amount, carrierAmount, creditCardAmount, tmembershipAmount } = record;
  return {
    id: record.id,
    customerReference: record.customerReference,
    product: { id: productId, storeProductId, name: productName },
    state: record.state,
    actions: actionsOf(record),
    links: linksOf(record),
    paymentMethod: record.paymentMethod,
    billingTokenHashPrefix: record.billingTokenHashPrefix,
    price: { amount, carrierAmount, creditCardAmount, tmembershipAmount },
    priceOverridden: record.priceOverridden,
    startedOn: record.startedOn,
    anchorDay: record.anchorDay,
    intervalMonths: record.intervalMonths,
    trialUntil: record.trialUntil,
    endsOn: record.endsOn,
    nextBillingOn: record.nextBillingOn,
    paidThroughOn: record.paidThroughOn,
    retryOn: record.retryOn,
    cancelAtPeriodEnd: record.cancelAtPeriodEnd,
    newMethodNeeded: record.newMethodNeeded,
    createdAt: record.createdAt,
    version: record.version,
  };
}

function linksOf({ id, productId }: SubscriptionRecord): SubscriptionLinksView {
  return {
    self: `/admin/v1/subscriptions/${id}`,
    product: `/admin/v1/products/${productId}`,
    charges: `/admin/v1/charges?subscriptionId=${id}`,
    lineStops: `/admin/v1/line-stops?subscriptionId=${id}`,
  };
}

/** What people may do; the other arrows follow from results and dates. */
function actionsOf({ state, paymentMethod }: SubscriptionRecord): string[] {
  const events = Object.keys(SUBSCRIPTION_TRANSITIONS[state]);
  const isOver = events.length === 0;
  const asked = events.filter((event) => event === 'pause' || event === 'resume' || event === 'cancel');
  const ofToken = paymentMethod.kind === 'billing-token' ? ['billing-token'] : [];
  return isOver ? [] : ['change', ...ofToken, 'payment-method', ...asked];
}

export function endedMethodViewOf(method: PaymentMethod): EndedMethodView {
  const { id, gateway, gatewayAccount, kind, state, label, billingTokenHash, createdAt, endedAt } = method;
  const billingTokenHashPrefix = billingTokenHash?.toString('hex').slice(0, 12) ?? null;
  return { id, gateway, gatewayAccount, kind, state, label, billingTokenHashPrefix, createdAt, endedAt };
}

export function subscriptionHistoryViewOf(entry: SubscriptionHistory): SubscriptionChangeView {
  const { fromState, toState, cause, actor, at, changes } = entry;
  return { at, fromState, toState, cause, actor, changes: changesViewOf(changes) };
}
