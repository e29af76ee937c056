import { CommanderError } from 'commander';
import { createInterface } from 'node:readline/promises';
import { exitCodeOf, explain } from './exit';
import { programOf } from './program';
import type { Surroundings } from './session';

/** Whoever reads has enough: as `| head -1` does. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

async function main(): Promise<void> {
  const program = programOf({
    environment: process.env,
    write: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
    ...widthOfTerminal(),
    ...(process.stdin.isTTY && process.stderr.isTTY && { ask }),
  });
  try {
    await program.parseAsync();
  } catch (error) {
    // What commander refuses it has explained itself.
    if (!(error instanceof CommanderError)) process.stderr.write(`${explain(error, widthOfMessages())}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

/** What goes to a file or a program is not made to fit, unless `COLUMNS` says so. */
function widthOfTerminal(): Pick<Surroundings, 'width'> {
  const width = process.stdout.isTTY ? process.stdout.columns : Number(process.env.COLUMNS);
  return width > 0 ? { width } : {};
}

/** Messages go to the terminal also where the output goes to a file. */
function widthOfMessages(): number | undefined {
  return process.stderr.isTTY ? process.stderr.columns : widthOfTerminal().width;
}

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-D and Ctrl-C are a no.
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([terminal.question(question), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

void main();
