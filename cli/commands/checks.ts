import type { Command } from 'commander';
import type { Schema } from '../../client/src';
import { CheckFailed } from '../exit';
import { covers } from '../operations';
import type { Run } from '../session';

export function addCheckCommands(program: Command, run: Run): void {
  const check = program.command('check').description('whether what the service relies on works');
  const tstore = check
    .command('tstore')
    .description('ask T store for a token of an account, and say what came of it and what to do')
    .option('--account <id>', 'the gateway account whose secrets are tried; tstore unless stated');
  covers(tstore, 'POST /admin/v1/checks/tstore').action(
    run(async (session, { account }: { account?: string }) => {
      const query = account === undefined ? {} : { account };
      const seen = (await session.call('POST /admin/v1/checks/tstore', { query })) as Schema<'AccountCheckView'>;
      session.showThing(seen);
      if (seen.outcome !== 'works') throw new CheckFailed(`It does not work (${seen.outcome}). ${seen.act}`);
    }),
  );
}
