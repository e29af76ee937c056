import { DomainError, type InputFault } from '../kernel/errors';

/** @param faults what a request file can't carry, or what does not add up */
export function unbillableProduct(faults: InputFault[]): DomainError {
  return new DomainError('invalid-request', 'The product could not be billed', { faults });
}

export function productNotFound(id: string): DomainError {
  return new DomainError('product-not-found', `There is no product ${id}`);
}

export function duplicateProduct(): DomainError {
  return new DomainError('duplicate-product', 'There is a product with this store product id');
}

export function productVersionConflict(id: string): DomainError {
  return new DomainError('version-conflict', `Somebody changed product ${id} since you read it`);
}
