import { Module } from '@nestjs/common';
import { KillSwitch } from './kill-switch';
import { KillSwitchWatch } from './kill-switch-watch';

/** For every room that moves money. */
@Module({ providers: [KillSwitch, KillSwitchWatch], exports: [KillSwitch, KillSwitchWatch] })
export class KillSwitchModule {}
