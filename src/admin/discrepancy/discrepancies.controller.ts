import { Body, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Discrepancies } from '../../bulk-payment';
import { daysInSeoul } from '../../kernel/seoul-calendar';
import { Actor, CurrentCaller, Scope, type Caller } from '../access';
import { AdminController } from '../frame/admin-controller';
import { ListOf } from '../lists';
import type { ApprovalView } from '../approval/approvals.view';
import { AuditView } from '../audit';
import { MayAwaitApproval, awaiting } from '../frame/awaiting-approval';
import { IdParameter } from '../frame/body-fields';
import { pageOf, type Page } from '../frame/page';
import { AcceptBody, CloseBody, DiscrepancyListQuery, LookupBody } from './discrepancies.dto';
import {
  DiscrepancyDetailView,
  DiscrepancyView,
  LookupView,
  discrepancyViewOf,
  lookupViewOf,
} from './discrepancies.view';
import { IfMatch, TakesIfMatch } from '../frame/versions';

/** Differences between what was asked and what was answered (불일치), until a person has decided each. */
@AdminController('discrepancies')
export class DiscrepanciesController {
  constructor(private readonly discrepancies: Discrepancies) {}

  @Get()
  @Scope('discrepancies:read')
  @ListOf(DiscrepancyView)
  @ApiOperation({ summary: 'Discrepancies, oldest first' })
  async list(@Query() { cursor, limit, from, to, ...filter }: DiscrepancyListQuery): Promise<Page<DiscrepancyView>> {
    const found = await this.discrepancies.list({
      ...filter,
      found: daysInSeoul(from, to),
      afterId: cursor ?? '0',
      limit,
    });
    return pageOf(found.map(discrepancyViewOf), limit, (discrepancy) => discrepancy.id);
  }

  @Get(':id')
  @Scope('discrepancies:read')
  @ApiOperation({ summary: 'A discrepancy, with what T store said of it' })
  @ApiOkResponse({ type: DiscrepancyDetailView })
  async get(@Param() { id }: IdParameter): Promise<DiscrepancyDetailView> {
    return { ...(await this.viewOf({ id })), lookups: (await this.discrepancies.lookups(id)).map(lookupViewOf) };
  }

  @Post(':id/lookup')
  @HttpCode(200)
  @Scope('discrepancies:lookup')
  @ApiOperation({ summary: 'Ask T store for its transaction; the answer suggests a decision. At most once a minute' })
  @ApiOkResponse({ type: LookupView })
  async lookUp(
    @Param() { id }: IdParameter,
    @Body() { transactionId }: LookupBody,
    @Actor() actor: string,
  ): Promise<LookupView> {
    return lookupViewOf(await this.discrepancies.lookUp(id, { transactionId, actor }));
  }

  @Post(':id/accept')
  @Scope('discrepancies:decide')
  @ApiOperation({
    summary:
      'Settle its charge by decision, for the charge’s own amount, once; T store must have been asked, and against what the line says a second person must agree',
  })
  @TakesIfMatch()
  @MayAwaitApproval(DiscrepancyView)
  async accept(
    @Param() { id }: IdParameter,
    @Body() body: AcceptBody,
    @CurrentCaller() by: Caller,
    @IfMatch() version: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DiscrepancyView | ApprovalView> {
    const waiting = await this.discrepancies.decide(id, { ...body, by, version });
    return waiting === undefined ? this.viewOf({ id }) : awaiting(reply, waiting);
  }

  @Post(':id/close')
  @Scope('discrepancies:decide')
  @ApiOperation({
    summary:
      'Decide that nothing follows from it; the last one of a charge closes the charge, which then counts neither as paid nor as declined. Where T store may have taken money, a second person must agree',
  })
  @TakesIfMatch()
  @MayAwaitApproval(DiscrepancyView)
  async close(
    @Param() { id }: IdParameter,
    @Body() { reason }: CloseBody,
    @CurrentCaller() by: Caller,
    @IfMatch() version: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DiscrepancyView | ApprovalView> {
    const waiting = await this.discrepancies.decide(id, { outcome: 'closed', reason, by, version });
    return waiting === undefined ? this.viewOf({ id }) : awaiting(reply, waiting);
  }

  @AuditView()
  async viewOf({ id }: IdParameter): Promise<DiscrepancyView> {
    return discrepancyViewOf(await this.discrepancies.get(id));
  }
}
