import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HOSTS, type Road } from './road';

const execute = promisify(execFile);
const HERE = join(__dirname, '..');
const SOURCES = 'sample-web/src/main/java';
const PASSPHRASE = 'only-for-tests';

/** As Debian packages install them: libhttpclient-java, libjackson-json-java, liblog4j1.2-java, libslf4j-java. */
const LIBRARIES = [
  'httpclient',
  'httpcore',
  'commons-codec',
  'commons-logging',
  'jackson-core-asl',
  'jackson-mapper-asl',
  'log4j-1.2',
  'slf4j-api',
  'slf4j-nop',
].map((name) => `/usr/share/java/${name}.jar`);

/** The folder of the official sample's repository, which has no licence and so can't be part of this one. */
export function sourceFolder(): string {
  const folder = process.env.OFFICIAL_CLIENT ?? '';
  if (!existsSync(join(folder, SOURCES))) {
    throw new Error(`OFFICIAL_CLIENT must name the folder that holds ${SOURCES}; see ${join(HERE, 'README.md')}`);
  }
  return folder;
}

function classpath(): string {
  const given = process.env.OFFICIAL_CLIENT_CLASSPATH;
  if (given !== undefined) return given;
  const missing = LIBRARIES.filter((jar) => !existsSync(jar));
  if (missing.length > 0) throw new Error(`the client's libraries are missing: ${missing.join(', ')}`);
  return LIBRARIES.join(':');
}

/** The client's files that are not, but for the ends of their lines, those of the one commit this is about. */
export function alteredFiles(folder: string): string[] {
  const lines = readFileSync(join(HERE, 'client.sha256'), 'utf8').trimEnd().split('\n');
  return lines
    .map((line) => line.split('  ') as [string, string])
    .flatMap(([digest, path]) => {
      const file = join(folder, path);
      const text = existsSync(file) ? readFileSync(file, 'latin1').replaceAll('\r\n', '\n') : '';
      return createHash('sha256').update(text, 'latin1').digest('hex') === digest ? [] : [path];
    });
}

async function run(program: string, args: readonly string[]): Promise<void> {
  try {
    await execute(program, args);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(`${program} is missing: this needs a JDK`, { cause: error });
  }
}

/** Compiles our driver and, by what it names, the client; and makes the certificate of the client's hosts. */
export async function prepare(source: string, folder: string): Promise<void> {
  await mkdir(join(folder, 'classes'));
  await run('javac', [
    ...['-nowarn', '-implicit:class', '-encoding', 'UTF-8', '-cp', classpath()],
    ...['-sourcepath', join(source, SOURCES), '-d', join(folder, 'classes'), join(HERE, 'CallEverything.java')],
  ]);
  await run('keytool', [
    ...['-genkeypair', '-alias', 'hosts', '-keyalg', 'EC', '-validity', '2', '-dname', 'CN=test'],
    ...['-ext', `SAN=${HOSTS.map((host) => `dns:${host}`).join(',')}`],
    ...['-storetype', 'PKCS12', '-keystore', join(folder, 'hosts.p12'), '-storepass', PASSPHRASE],
  ]);
}

export async function identityIn(folder: string): Promise<{ pfx: Buffer; passphrase: string }> {
  return { pfx: await readFile(join(folder, 'hosts.p12')), passphrase: PASSPHRASE };
}

export interface Understood {
  call: string;
  /** The client's own object, as JSON. */
  answer: unknown;
}

/** Runs the driver over the road and reads what the client understood. */
export async function callEverything(folder: string, road: Road, args: ClientArguments): Promise<Understood[]> {
  const hosts = join(folder, 'hosts');
  const request = join(folder, 'request.pay');
  const answers = join(folder, 'understood');
  await writeFile(hosts, road.hostsFile);
  await writeFile(request, args.file);
  await run('java', [
    ...[`-Djdk.net.hosts.file=${hosts}`, '-DsocksProxyHost=127.0.0.1', `-DsocksProxyPort=${road.port}`],
    ...[`-Djavax.net.ssl.trustStore=${join(folder, 'hosts.p12')}`, `-Djavax.net.ssl.trustStorePassword=${PASSPHRASE}`],
    // The client writes the result in the machine's own character set.
    '-Dfile.encoding=UTF-8',
    ...['-cp', `${join(folder, 'classes')}:${classpath()}`, 'CallEverything'],
    ...[args.environment, args.clientId, args.clientSecret, request, String(args.rows), answers],
  ]);
  const lines = (await readFile(answers, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => {
    const [call = '', answer = ''] = line.split('\t');
    return { call, answer: JSON.parse(answer) as unknown };
  });
}

export interface ClientArguments {
  environment: 'SANDBOX' | 'LIVE';
  clientId: string;
  clientSecret: string;
  file: string;
  rows: number;
}
