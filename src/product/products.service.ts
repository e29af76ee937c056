import { Injectable } from '@nestjs/common';
import { GatewayAccounts, type GatewayName } from '../gateway-account';
import type { InputFault } from '../kernel/errors';
import { Clock } from '../platform/clock';
import type { NewProduct } from './price';
import { faultsOfParts, faultsOfPrice, faultsOfProduct, faultsOfProductName } from './product-rules';
import type { Product, ProductHistory } from './product.entity';
import { duplicateProduct, productNotFound, productVersionConflict, unbillableProduct } from './product.errors';
import { ProductRepository, type ProductChange } from './product.repository';

/** What is sold. A product is never deleted: charges and subscriptions refer to it. */
@Injectable()
export class Products {
  constructor(
    private readonly products: ProductRepository,
    private readonly accounts: GatewayAccounts,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} `invalid-request` with what a request file can't carry; `duplicate-product` */
  async create(product: NewProduct, actor: string): Promise<Product> {
    refuse([...faultsOfProduct(product), ...(await this.faultsOfAccount(product.gatewayAccount))]);
    refuse(faultsOfParts(product, await this.gatewayOf(product.gatewayAccount ?? 'tstore'), 'price.'));
    const id = await this.products.create(product, actor, this.clock.now());
    if (id === undefined) throw duplicateProduct();
    return this.get(id);
  }

  /**
   * Changes what is charged from the next period on. Another account is one of the same gateway: who pays by a billing token can't
   * be charged by another.
   *
   * @param version the only one it may be changed from, when there is one
   * @throws {DomainError} `invalid-request` with what a request file can't carry; `product-not-found`, `version-conflict`
   */
  async change(id: string, change: ProductChange, actor: string, version?: string): Promise<Product> {
    const name = change.name === undefined ? [] : faultsOfProductName(change.name);
    const price = change.price ? faultsOfPrice(change.price, 'price.') : [];
    refuse([...name, ...price, ...(await this.faultsOfAccount(change.gatewayAccount))]);
    const gateway = await this.gatewayOf((await this.get(id)).gatewayAccount);
    if (change.price !== undefined) refuse(faultsOfParts(change.price, gateway, 'price.'));
    if (change.gatewayAccount !== undefined && (await this.gatewayOf(change.gatewayAccount)) !== gateway) {
      refuse([
        { field: 'gatewayAccount', expected: `an account of ${gateway}, as now; sell another product by another` },
      ]);
    }
    const isChanged = await this.products.change(id, change, { actor, at: this.clock.now(), version });
    const product = await this.get(id);
    if (!isChanged) throw productVersionConflict(id);
    return product;
  }

  /** @throws {DomainError} `product-not-found` */
  async get(id: string): Promise<Product> {
    const product = await this.products.find(id);
    if (product === null) throw productNotFound(id);
    return product;
  }

  list(page: { active: boolean | undefined; beforeId: string | undefined; limit: number }): Promise<Product[]> {
    return this.products.list(page);
  }

  history(id: string): Promise<ProductHistory[]> {
    return this.products.history(id);
  }

  private async gatewayOf(account: string): Promise<GatewayName> {
    return (await this.accounts.get(account)).gateway;
  }

  /** One that nobody collects by would only show on the day it is billed. */
  private async faultsOfAccount(id: string | undefined): Promise<InputFault[]> {
    const why = id === undefined ? undefined : await this.accounts.whyNotFor('recurring', id);
    return why === undefined ? [] : [{ field: 'gatewayAccount', expected: why }];
  }
}

function refuse(faults: InputFault[]): void {
  if (faults.length > 0) throw unbillableProduct(faults);
}
