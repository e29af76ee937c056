export { KillSwitch, type KillSwitchState } from './kill-switch';
export { KillSwitchModule } from './kill-switch.module';
export { KillSwitchWatch } from './kill-switch-watch';
