import { Argument, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { CheckFailed } from '../exit';
import { covers } from '../operations';
import { GATEWAYS_WITH_ACCOUNTS } from '../options';
import type { Run } from '../session';

const CHECK = 'POST /admin/v1/checks/{gateway}';

export function addCheckCommands(program: Command, run: Run): void {
  const check = program
    .command('check')
    .description('ask a gateway whether it knows an account, and say what came of it and what to do')
    .addArgument(new Argument('<gateway>').choices(GATEWAYS_WITH_ACCOUNTS))
    .option(
      '--account <id>',
      'the gateway account whose newest secrets are tried; the one of the settings unless stated',
    );
  covers(check, CHECK).action(
    run(async (session, gateway: string, { account }: { account?: string }) => {
      const query = account === undefined ? {} : { account };
      const seen = (await session.call(CHECK, { path: { gateway }, query })) as Schema<'AccountCheckView'>;
      session.showThing(seen);
      if (seen.outcome !== 'works') throw new CheckFailed(`It does not work (${seen.outcome}). ${seen.act}`);
    }),
  );
}
