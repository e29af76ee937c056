import { Body, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { KillSwitch, type KillSwitchState } from '../bulk-payment';
import { AdminController } from './admin-controller';
import { ReasonBody } from './billing-runs.dto';

const ACTOR = 'admin-api';
const HISTORY_LIMIT = 100;

/** The kill switch: stops all submissions of all replicas at once. */
@AdminController('kill-switch')
export class KillSwitchController {
  constructor(private readonly killSwitch: KillSwitch) {}

  @Get()
  @ApiOperation({ summary: 'Whether submissions are stopped, and the last changes, newest first' })
  async get(): Promise<KillSwitchState & { history: KillSwitchState[] }> {
    return { ...(await this.killSwitch.state()), history: await this.killSwitch.history(HISTORY_LIMIT) };
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Stop all submissions at once; what is being sent already can’t be called back' })
  engage(@Body() { reason }: ReasonBody): Promise<KillSwitchState> {
    return this.killSwitch.set(true, { actor: ACTOR, reason });
  }

  @Delete()
  @ApiOperation({ summary: 'Let submissions go on' })
  release(@Body() { reason }: ReasonBody): Promise<KillSwitchState> {
    return this.killSwitch.set(false, { actor: ACTOR, reason });
  }
}
