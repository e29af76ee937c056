import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Starts what is built as an operator does; it ends with us. */
export function startProgram(program: string, parameters: string[], env: Record<string, string>): ChildProcess {
  const child = fork(join(__dirname, '..', program), parameters, { env, silent: true });
  child.stdout?.resume();
  child.stderr?.pipe(process.stderr);
  const end = (): void => void child.kill();
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  return child;
}

/** Waits until a program answers at an address. */
export async function readyAt(address: string, service: ChildProcess): Promise<void> {
  while (service.exitCode === null) {
    const isReady = await fetch(address).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await delay(10);
  }
  throw new Error('the service did not start');
}

/** A port that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The service as a process of its own. */
export interface ServiceProcess {
  url: string;
  end(): Promise<void>;
}

/** Starts the service and waits until it is ready. */
export async function startServiceProcess(settings: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const service = startProgram('src/main.js', [], { ...settings, PORT: String(port) });
  await readyAt(`${url}/health/ready`, service);
  const end = async (): Promise<void> => {
    const ended = once(service, 'exit');
    service.kill();
    await ended;
  };
  return { url, end };
}
