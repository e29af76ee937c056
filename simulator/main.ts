import { readCommandLine } from './command-line';
import { FaultOrderError } from './tstore/faults/armed-faults';
import { ScenarioError } from './tstore/faults/scenario';
import { CommandLineError } from './shared/flag-values';
import { startSimulator } from './simulator';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(): Promise<void> {
  const command = readCommandLine(process.argv.slice(2));
  if (command.kind === 'help') {
    process.stdout.write(command.text);
    return;
  }
  const simulator = await startSimulator({ ...command.options, ...(command.quiet ? {} : { log: print }) });
  print(
    `T store simulator at ${simulator.baseUrl} (page: ${simulator.baseUrl}/, control: ${simulator.baseUrl}/_simulator/)`,
  );
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    void simulator.close().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  const isUsage =
    error instanceof CommandLineError || error instanceof ScenarioError || error instanceof FaultOrderError;
  process.stderr.write(`${isUsage ? `${error.message}\nSee --help` : String(error)}\n`);
  process.exitCode = 1;
});
