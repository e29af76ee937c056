import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres.error';
import type { Place } from './place';

const run = promisify(execFile);

/** Values go through a shell on their way to the server. */
const SETTING = /^[A-Za-z0-9_.-]+$/;
const NOT_RUNNING = 3;
const START_SECONDS = '60';

/** `initdb` and `pg_ctl`, which know when a server is really ours, really up, and really down. */
export class PgControl {
  constructor(
    private readonly place: Place,
    private readonly cluster: string,
  ) {}

  /** UTF-8 and sorted by code points whatever the machine's locales are, with checksums. */
  async initialise(directory: string, superuser: string, passwordFile: string): Promise<void> {
    const how = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
    // Nobody guesses 24 random bytes however quickly they are tried; it is who connects that pays for each turn.
    const who = [`--username=${superuser}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '-cscram_iterations=1'];
    await this.call('initdb', [`--pgdata=${directory}`, ...how, ...who, '--data-checksums', '--no-instructions']);
  }

  async isRunning(): Promise<boolean> {
    try {
      await run(join(this.place.binaries, 'bin', 'pg_ctl'), ['status', '-D', this.cluster], this.options());
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code === NOT_RUNNING) return false;
      throw failed('pg_ctl status', error);
    }
  }

  async start(port: number, settings: Readonly<Record<string, string>>): Promise<void> {
    const own = { port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '' };
    const options = Object.entries({ ...own, ...settings }).map(([name, value]) => {
      if (!SETTING.test(name) || !/^[A-Za-z0-9_.-]*$/.test(value)) throw new TypeError(`not a setting: ${name}`);
      return `-c ${name}='${value}'`;
    });
    const log = join(this.place.directory, 'server.log');
    await this.call('pg_ctl', [
      'start',
      '-w',
      '-t',
      START_SECONDS,
      '-D',
      this.cluster,
      '-l',
      log,
      '-o',
      options.join(' '),
    ]);
  }

  async stop(): Promise<void> {
    if (await this.isRunning()) await this.call('pg_ctl', ['stop', '-w', '-m', 'fast', '-D', this.cluster]);
  }

  private async call(program: string, args: string[]): Promise<void> {
    try {
      await run(join(this.place.binaries, 'bin', program), args, this.options());
    } catch (error) {
      throw failed(program, error);
    }
  }

  private options() {
    // The working directory may be closed to the account; an environment of its own keeps PG* variables out of it.
    return { ...this.place.account, cwd: '/', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' } };
  }
}

function failed(program: string, error: unknown): EmbeddedPostgresError {
  const { stderr, stdout, message } = error as { stderr?: string; stdout?: string; message: string };
  const said = [stderr, stdout, message].find((text) => text !== undefined && text.trim() !== '') ?? '';
  return new EmbeddedPostgresError(`the embedded PostgreSQL failed at ${program}: ${said.trim()}`, { cause: error });
}
