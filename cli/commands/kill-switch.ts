import type { Command } from 'commander';
import type { Run } from '../session';
import { reasonOption } from './options';

export function addKillSwitchCommands(program: Command, run: Run): void {
  const killSwitch = program.command('kill-switch').description('stops all submissions of all replicas at once');
  killSwitch
    .command('show')
    .description('whether submissions are stopped, by whom and why')
    .action(
      run(async (session) => {
        session.show(await session.api.GET('/admin/v1/kill-switch'));
      }),
    );
  killSwitch
    .command('engage')
    .description('stop all submissions')
    .addOption(reasonOption())
    .action(
      run(async (session, { reason }: { reason: string }) => {
        session.show(
          await session.api.POST('/admin/v1/kill-switch', {
            headers: session.headers,
            body: { reason },
          }),
        );
      }),
    );
  killSwitch
    .command('release')
    .description('let submissions go on')
    .addOption(reasonOption())
    .action(
      run(async (session, { reason }: { reason: string }) => {
        session.show(await session.api.DELETE('/admin/v1/kill-switch', { body: { reason } }));
      }),
    );
}
