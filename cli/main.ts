import { CommanderError } from 'commander';
import { exitCodeOf, explain } from './exit';
import { programOf } from './program';

async function main(): Promise<void> {
  const program = programOf({
    environment: process.env,
    write: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
  });
  try {
    await program.parseAsync();
  } catch (error) {
    // What commander refuses it has explained itself.
    if (!(error instanceof CommanderError)) process.stderr.write(`${explain(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

void main();
