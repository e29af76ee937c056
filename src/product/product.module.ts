import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GatewayAccountModule } from '../gateway-account';
import { Product, ProductHistory } from './product.entity';
import { ProductRepository } from './product.repository';
import { Products } from './products.service';

@Module({
  imports: [TypeOrmModule.forFeature([Product, ProductHistory]), GatewayAccountModule],
  providers: [ProductRepository, Products],
  exports: [ProductRepository, Products],
})
export class ProductModule {}
