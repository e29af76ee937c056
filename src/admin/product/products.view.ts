import { ApiProperty } from '@nestjs/swagger';
import type { Product, ProductHistory } from '../../product';
import { PriceView } from '../frame/body-fields';
import { ChangeView, changesViewOf } from '../frame/history.view';
import { FirstColumns } from '../lists';

class ProductLinksView {
  @ApiProperty() self!: string;
  @ApiProperty() subscriptions!: string;
}

@FirstColumns('name', 'storeProductId', 'price.amount', 'active')
export class ProductView {
  @ApiProperty() id!: string;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: ProductLinksView, description: 'Where its evidence is' }) links!: ProductLinksView;
  @ApiProperty() storeProductId!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ type: PriceView }) price!: PriceView;
  @ApiProperty() active!: boolean;
  @ApiProperty({ description: 'Products of one group share bulk payment jobs' }) billingGroup!: string;
  @ApiProperty({ description: 'The gateway account that collects it' }) gatewayAccount!: string;
  @ApiProperty() createdAt!: Date;
  @ApiProperty({ description: 'Changes with it; also its ETag' }) version!: string;
}

export class ProductDetailView extends ProductView {
  @ApiProperty({ type: [ChangeView], description: 'Its changes, oldest first' }) history!: ChangeView[];
}

export function productViewOf(product: Product): ProductView {
  const { id, storeProductId, name, active, billingGroup, gatewayAccount, createdAt, version } = product;
  const { amount, carrierAmount, creditCardAmount, tmembershipAmount } = product;
  return {
    id,
    actions: ['change'],
    links: { self: `/admin/v1/products/${id}`, subscriptions: `/admin/v1/subscriptions?productId=${id}` },
    storeProductId,
    name,
    price: { amount, carrierAmount, creditCardAmount, tmembershipAmount },
    active,
    billingGroup,
    gatewayAccount,
    createdAt,
    version,
  };
}

export function productHistoryViewOf({ at, cause, actor, changes }: ProductHistory): ChangeView {
  return { at, cause, actor, changes: changesViewOf(changes) };
}
