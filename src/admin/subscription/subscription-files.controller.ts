import { Get, Header, HttpCode, Post, Query, Req, StreamableFile, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AdminConfig } from '../../config';
import { SubscriptionExport, SubscriptionImport } from '../../subscription';
import { Actor, Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { FileAnswer } from '../frame/file-answer';
import { HeavyReadInterceptor } from '../heavy-reads';
import { ImportQuery, ImportReportView } from './subscription-files.dto';
import { SubscriptionFilterQuery } from './subscriptions.dto';
import { uploadBodyOf } from '../frame/upload-body';

const CSV = 'text/csv; charset=utf-8';

/** Subscriptions in bulk, as CSV. */
@AdminController('subscriptions')
export class SubscriptionFilesController {
  constructor(
    private readonly imports: SubscriptionImport,
    private readonly exports: SubscriptionExport,
    private readonly config: AdminConfig,
  ) {}

  @Post('import')
  @HttpCode(200)
  @Scope('subscriptions:manage')
  @ApiOperation({
    summary: 'Import a CSV file of subscriptions; nothing of a faulty one is stored unless partial=true',
  })
  @ApiConsumes('text/csv')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ type: ImportReportView })
  async import(
    @Req() request: FastifyRequest,
    @Query() { partial }: ImportQuery,
    @Actor() actor: string,
  ): Promise<ImportReportView> {
    const content = uploadBodyOf(request, this.config.uploadMaxBytes, 'text/csv');
    const report = await this.imports.take({ content, partial, actor });
    return { ...report, faults: [...report.faults] };
  }

  @Get('export')
  @UseInterceptors(HeavyReadInterceptor)
  @Header('Cache-Control', 'no-store')
  @Scope('subscriptions:read')
  @ApiOperation({ summary: 'Subscriptions as CSV; of a billing token only the beginning of its hash' })
  @FileAnswer('text/csv')
  async export(@Query() filter: SubscriptionFilterQuery): Promise<StreamableFile> {
    const { content, byteCount } = await this.exports.open(filter);
    const disposition = 'attachment; filename="subscriptions.csv"';
    return new StreamableFile(content, { type: CSV, length: byteCount, disposition });
  }
}
