import { ApiProperty } from '@nestjs/swagger';
import type { Product, ProductHistory } from '../subscription';
import { PriceBody } from './body-fields';

export class ProductView {
  @ApiProperty() id!: string;
  @ApiProperty() storeProductId!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ type: PriceBody }) price!: PriceBody;
  @ApiProperty() active!: boolean;
  @ApiProperty({ description: 'Products of one group share bulk payment jobs' }) billingGroup!: string;
  @ApiProperty() createdAt!: Date;
  @ApiProperty({ description: 'Changes with it; also its ETag' }) version!: string;
}

export function productViewOf(product: Product): ProductView {
  const { id, storeProductId, name, active, billingGroup, createdAt, version } = product;
  const { amount, carrierAmount, creditCardAmount, tmembershipAmount } = product;
  return {
    id,
    storeProductId,
    name,
    price: { amount, carrierAmount, creditCardAmount, tmembershipAmount },
    active,
    billingGroup,
    createdAt,
    version,
  };
}

export function productHistoryViewOf({ at, cause, actor, changes }: ProductHistory): object {
  return { at, cause, actor, changes: changesViewOf(changes) };
}

type Changes = Record<string, [unknown, unknown]>;

/** A hash as PostgreSQL writes it in JSON. */
const HASH = /^\\x([0-9a-f]{12})[0-9a-f]+$/;

/** Changes as `{field: {from, to}}` under the API's names; of a billing token's hash only a piece. */
export function changesViewOf(changes: Changes | null): object | null {
  if (changes === null) return null;
  const shown = (value: unknown): unknown => (typeof value === 'string' ? value.replace(HASH, '$1') : value);
  return Object.fromEntries(
    Object.entries(changes).map(([column, [from, to]]) => [camelCase(column), { from: shown(from), to: shown(to) }]),
  );
}

function camelCase(column: string): string {
  return column.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
