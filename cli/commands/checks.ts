import type { Command } from 'commander';
import { addAct } from '../declare';
import type { Run } from '../session';

export function addCheckCommands(program: Command, run: Run): void {
  const check = program.command('check').description('whether what the service relies on works');
  addAct(check, run, {
    name: 'tstore',
    does: 'ask T store for a token as the service is set up, and say what came of it and what to do',
    operation: 'POST /admin/v1/checks/tstore',
  });
}
