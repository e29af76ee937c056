export type { NewProduct, Price } from './price';
export { Product, ProductHistory } from './product.entity';
export { ProductModule } from './product.module';
export { ProductRepository } from './product.repository';
export { faultsOfPrice, isStoreProductId } from './product-rules';
export { Products } from './products.service';
