import { Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AdminConfig } from '../../config';
import { ListFiles, readStatedColumns } from '../../tie-out';
import { Actor, Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { IdParameter } from '../frame/body-fields';
import { pageOf, type Page } from '../frame/page';
import { uploadBodyOf } from '../frame/upload-body';
import { ListOf } from '../lists';
import { ListFileImportQuery, ListFileListQuery } from './list-files.dto';
import { ListFileView, listFileViewOf } from './list-files.view';

/** Lists that people download from a gateway's own site. */
@AdminController('list-files')
export class ListFilesController {
  constructor(
    private readonly files: ListFiles,
    private readonly config: AdminConfig,
  ) {}

  @Get()
  @Scope('discrepancies:read')
  @ListOf(ListFileView)
  @ApiOperation({ summary: 'Lists that were downloaded from a gateway’s own site and brought here, newest first' })
  async list(@Query() { cursor, limit, gatewayAccount }: ListFileListQuery): Promise<Page<ListFileView>> {
    const found = await this.files.list(gatewayAccount, { beforeId: cursor, limit });
    return pageOf(found.map(listFileViewOf), limit, (one) => one.id);
  }

  @Get(':id')
  @Scope('discrepancies:read')
  @ApiOperation({ summary: 'One of them' })
  @ApiOkResponse({ type: ListFileView })
  async get(@Param() { id }: IdParameter): Promise<ListFileView> {
    return listFileViewOf(await this.files.get(id));
  }

  @Post()
  @HttpCode(200)
  @Scope('discrepancies:decide')
  @ApiOperation({
    summary:
      'Bring a list downloaded from the gateway’s own site; nothing of a faulty one is stored, the same twice is one, and its days are compared anew',
  })
  @ApiConsumes('text/csv')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ type: ListFileView })
  async import(
    @Req() request: FastifyRequest,
    @Query() { gatewayAccount, columns }: ListFileImportQuery,
    @Actor() actor: string,
  ): Promise<ListFileView> {
    const content = uploadBodyOf(request, this.config.uploadMaxBytes, 'text/csv');
    const stated = readStatedColumns(columns ?? '') ?? new Map();
    return listFileViewOf(await this.files.take({ gatewayAccount, content, columns: stated, actor }));
  }
}
