import { readCommandLine } from './command-line';
import { FaultOrderError } from './shared/faults/armed-faults';
import { ScenarioError } from './tstore/faults/scenario';
import { CommandLineError } from './shared/flag-values';
import { kakaopaySettings, portoneSettings, tossSettings } from './service-settings';
import { startSimulator } from './simulator';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const assignments = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

async function main(): Promise<void> {
  const command = readCommandLine(process.argv.slice(2));
  if (command.kind === 'help') {
    process.stdout.write(command.text);
    return;
  }
  const simulator = await startSimulator({ ...command.options, ...(command.quiet ? {} : { log: print }) });
  const { baseUrl } = simulator;
  print(`T store simulator at ${baseUrl} (page: ${baseUrl}/, control: ${baseUrl}/_simulator/)`);
  print(
    `Toss Payments at the same address (script: ${baseUrl}/v2/standard, control: ${baseUrl}/_simulator/toss/), with ` +
      assignments(tossSettings(baseUrl)),
  );
  print(
    `KakaoPay at the same address (control: ${baseUrl}/_simulator/kakaopay/), with ` +
      assignments(kakaopaySettings(baseUrl)),
  );
  print(
    `PortOne at the same address (script: ${baseUrl}/v2/browser-sdk.js, control: ${baseUrl}/_simulator/portone/), with ` +
      assignments(portoneSettings(baseUrl)),
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
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    process.stderr.write('Another process listens on this port already: end it, or state another one with --port\n');
    process.exit(1);
  }
  const isUsage =
    error instanceof CommandLineError || error instanceof ScenarioError || error instanceof FaultOrderError;
  process.stderr.write(`${isUsage ? `${error.message}\nSee --help` : String(error)}\n`);
  process.exitCode = 1;
});
