import type { Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addShow } from '../declare';
import { reasonOption } from '../options';
import type { Run } from '../session';

export function addKillSwitchCommands(program: Command, run: Run): void {
  const killSwitch = program
    .command('kill-switch')
    .description('stops all that moves money, submissions and refunds, at once');
  addShow(killSwitch, run, {
    name: 'show',
    does: 'whether submissions and refunds are stopped, by whom and why',
    operation: 'GET /admin/v1/kill-switch',
  });
  addAct(killSwitch, run, {
    name: 'engage',
    does: 'stop all submissions and refunds',
    operation: 'POST /admin/v1/kill-switch',
    body: { reason: reasonOption() },
  });
  addAct(killSwitch, run, {
    name: 'release',
    does: 'let submissions and refunds go on',
    operation: 'DELETE /admin/v1/kill-switch',
    body: { reason: reasonOption() },
    asks: async (session) => {
      const { engaged, actor, reason } = (await session.call('GET /admin/v1/kill-switch')) as Schema<'KillSwitchView'>;
      return engaged
        ? `Let all submissions and refunds go on, which ${actor} stopped: ${reason}`
        : 'It is not engaged; releasing it changes nothing.';
    },
  });
}
