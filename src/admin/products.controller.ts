import { Body, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Products } from '../subscription';
import { AdminController } from './admin-controller';
import { IdParameter } from './body-fields';
import { pageOf, type Page } from './bulk-payment-jobs.view';
import { NewProductBody, ProductChangeBody, ProductListQuery } from './products.dto';
import { ProductView, productHistoryViewOf, productViewOf } from './products.view';

const ACTOR = 'admin-api';

/** What is sold, at which price, collected by whom. */
@AdminController('products')
export class ProductsController {
  constructor(private readonly products: Products) {}

  @Post()
  @ApiOperation({ summary: 'Add a product; what a request file can’t carry is refused with the reason' })
  @ApiCreatedResponse({ type: ProductView })
  async create(@Body() { price, ...product }: NewProductBody): Promise<ProductView> {
    return productViewOf(await this.products.create({ ...product, ...price }, ACTOR));
  }

  @Get()
  @ApiOperation({ summary: 'Products, newest first' })
  async list(@Query() { active, cursor, limit }: ProductListQuery): Promise<Page<ProductView>> {
    const products = await this.products.list({ active, beforeId: cursor, limit });
    return pageOf(products.map(productViewOf), limit, (product) => product.id);
  }

  @Get(':id')
  @ApiOperation({ summary: 'A product, with the history of its changes' })
  @ApiOkResponse({ type: ProductView })
  async get(@Param() { id }: IdParameter): Promise<ProductView & { history: object[] }> {
    const product = await this.products.get(id);
    return { ...productViewOf(product), history: (await this.products.history(id)).map(productHistoryViewOf) };
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change name, price or whether it is sold; charges that exist stay as they are' })
  @ApiOkResponse({ type: ProductView })
  async change(@Param() { id }: IdParameter, @Body() change: ProductChangeBody): Promise<ProductView> {
    return productViewOf(await this.products.change(id, change, ACTOR));
  }
}
