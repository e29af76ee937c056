export type { NewProduct, Price } from './price';
export { Product, ProductHistory } from './product.entity';
export { ProductModule } from './product.module';
export { ProductRepository, type SoldProduct } from './product.repository';
export { faultsOfParts, faultsOfPrice, isStoreProductId } from './product-rules';
export { Products } from './products.service';
