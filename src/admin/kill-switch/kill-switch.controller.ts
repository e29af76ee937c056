import { Body, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { KillSwitch } from '../../kill-switch';
import { Actor, Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { AuditView } from '../audit';
import { ReasonBody } from '../frame/reason.dto';
import { KillSwitchDetailView, KillSwitchView, killSwitchViewOf } from './kill-switch.view';
import { IfMatch, TakesIfMatch } from '../frame/versions';

const HISTORY_LIMIT = 100;

/** The kill switch: stops all that moves money, in all replicas at once. */
@AdminController('kill-switch')
export class KillSwitchController {
  constructor(private readonly killSwitch: KillSwitch) {}

  @Get()
  @Scope('kill-switch:read')
  @ApiOperation({ summary: 'Whether submissions and refunds are stopped, and the last changes, newest first' })
  @ApiOkResponse({ type: KillSwitchDetailView })
  async get(): Promise<KillSwitchDetailView> {
    return { ...(await this.view()), history: await this.killSwitch.history(HISTORY_LIMIT) };
  }

  @Post()
  @HttpCode(200)
  @Scope('kill-switch:change')
  @ApiOperation({
    summary: 'Stop all submissions and refunds at once; what is being sent already can’t be called back',
  })
  @ApiOkResponse({ type: KillSwitchView })
  @TakesIfMatch()
  async engage(
    @Body() { reason }: ReasonBody,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<KillSwitchView> {
    return killSwitchViewOf(await this.killSwitch.set(true, { actor, reason, version }));
  }

  @Delete()
  @Scope('kill-switch:change')
  @ApiOperation({ summary: 'Let submissions and refunds go on' })
  @ApiOkResponse({ type: KillSwitchView })
  @TakesIfMatch()
  async release(
    @Body() { reason }: ReasonBody,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<KillSwitchView> {
    return killSwitchViewOf(await this.killSwitch.set(false, { actor, reason, version }));
  }

  @AuditView()
  async view(): Promise<KillSwitchView> {
    return killSwitchViewOf(await this.killSwitch.state());
  }
}
