import { Body, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Products } from '../../product';
import { Actor, Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { ListOf } from '../lists';
import { AuditView } from '../audit';
import { IdParameter } from '../frame/body-fields';
import { pageOf, type Page } from '../frame/page';
import { NewProductBody, ProductChangeBody, ProductListQuery } from './products.dto';
import { ProductDetailView, ProductView, productHistoryViewOf, productViewOf } from './products.view';
import { IfMatch, TakesIfMatch } from '../frame/versions';

/** What is sold, at which price, collected by whom. */
@AdminController('products')
export class ProductsController {
  constructor(private readonly products: Products) {}

  @Post()
  @Scope('products:manage')
  @ApiOperation({ summary: 'Add a product; what a request file can’t carry is refused with the reason' })
  @ApiCreatedResponse({ type: ProductView })
  async create(@Body() { price, ...product }: NewProductBody, @Actor() actor: string): Promise<ProductView> {
    return productViewOf(await this.products.create({ ...product, ...price }, actor));
  }

  @Get()
  @Scope('products:read')
  @ListOf(ProductView)
  @ApiOperation({ summary: 'Products, newest first' })
  async list(@Query() { active, cursor, limit }: ProductListQuery): Promise<Page<ProductView>> {
    const products = await this.products.list({ active, beforeId: cursor, limit });
    return pageOf(products.map(productViewOf), limit, (product) => product.id);
  }

  @Get(':id')
  @Scope('products:read')
  @ApiOperation({ summary: 'A product, with the history of its changes' })
  @ApiOkResponse({ type: ProductDetailView })
  async get(@Param() { id }: IdParameter): Promise<ProductDetailView> {
    return { ...(await this.viewOf({ id })), history: (await this.products.history(id)).map(productHistoryViewOf) };
  }

  @Patch(':id')
  @Scope('products:manage')
  @ApiOperation({ summary: 'Change name, price or whether it is sold; charges that exist stay as they are' })
  @TakesIfMatch()
  @ApiOkResponse({ type: ProductView })
  async change(
    @Param() { id }: IdParameter,
    @Body() change: ProductChangeBody,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<ProductView> {
    return productViewOf(await this.products.change(id, change, actor, version));
  }

  @AuditView()
  async viewOf({ id }: IdParameter): Promise<ProductView> {
    return productViewOf(await this.products.get(id));
  }
}
