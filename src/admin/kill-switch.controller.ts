import { Body, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { KillSwitch, type KillSwitchState } from '../bulk-payment';
import { Actor, Scope } from './access';
import { AdminController } from './admin-controller';
import { AuditView } from './audit';
import { ReasonBody } from './billing-runs.dto';

const HISTORY_LIMIT = 100;

/** The kill switch: stops all submissions of all replicas at once. */
@AdminController('kill-switch')
export class KillSwitchController {
  constructor(private readonly killSwitch: KillSwitch) {}

  @Get()
  @Scope('kill-switch:read')
  @ApiOperation({ summary: 'Whether submissions are stopped, and the last changes, newest first' })
  async get(): Promise<KillSwitchState & { history: KillSwitchState[] }> {
    return { ...(await this.killSwitch.state()), history: await this.killSwitch.history(HISTORY_LIMIT) };
  }

  @Post()
  @HttpCode(200)
  @Scope('kill-switch:change')
  @ApiOperation({ summary: 'Stop all submissions at once; what is being sent already can’t be called back' })
  engage(@Body() { reason }: ReasonBody, @Actor() actor: string): Promise<KillSwitchState> {
    return this.killSwitch.set(true, { actor, reason });
  }

  @Delete()
  @Scope('kill-switch:change')
  @ApiOperation({ summary: 'Let submissions go on' })
  release(@Body() { reason }: ReasonBody, @Actor() actor: string): Promise<KillSwitchState> {
    return this.killSwitch.set(false, { actor, reason });
  }

  @AuditView()
  view(): Promise<KillSwitchState> {
    return this.killSwitch.state();
  }
}
