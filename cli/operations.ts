import type { Command, Option } from 'commander';
import type { paths } from '../client/src';

/** How the program is called: what a person can copy out of a hint. */
export const PROGRAM = 'npm run cli --';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Every operation of the admin API, as `GET /admin/v1/refunds/{id}`. */
export type Operation = {
  [Path in keyof paths]: {
    [M in Method]: paths[Path][M] extends { responses: unknown } ? `${Uppercase<M>} ${Path}` : never;
  }[Method];
}[keyof paths];

type Called<Op> = Op extends `${infer M} ${infer Path extends keyof paths}`
  ? Lowercase<M> extends keyof paths[Path]
    ? paths[Path][Lowercase<M>]
    : never
  : never;

/** What may be stated in the query of an operation. */
export type QueryOf<Op extends Operation> =
  Called<Op> extends { parameters: { query?: infer Query } } ? NonNullable<Query> : never;

/** What may be stated in the body of an operation. */
export type BodyOf<Op extends Operation> =
  Called<Op> extends { requestBody?: infer Body }
    ? NonNullable<Body> extends { content: { 'application/json': infer Json } }
      ? Json
      : never
    : never;

/** What an operation answers when it has done what was asked. */
export type AnswerOf<Op extends Operation> =
  Called<Op> extends { responses: infer Responses } ? JsonOf<Responses[keyof Responses & (200 | 201 | 202)]> : never;

type JsonOf<Response> = Response extends { content: { 'application/json': infer Json } } ? Json : never;

/** What a row of a list is. */
export type RowOf<Op extends Operation, Rows extends string = 'items'> =
  AnswerOf<Op> extends Record<Rows, (infer Row)[]> ? Row : never;

/** Which options of a command state which members of a query or a body. */
export type Options = Record<string, Option>;

interface Covered {
  operation: Operation;
  options: Options;
  usage: string[];
}

const covered = new WeakMap<Command, Covered[]>();

/**
 * Notes which operation a command asks: a test looks that none is forgotten, and links are shown as commands.
 *
 * @param usage what must be stated beside the mandatory options, as people read it
 */
export function covers(command: Command, operation: Operation, options: Options = {}, ...usage: string[]): Command {
  covered.set(command, [...operationsOf(command), { operation, options, usage }]);
  return command;
}

export function operationsOf(command: Command): readonly Covered[] {
  return covered.get(command) ?? [];
}

/** A command and all below it. */
export function commandsBelow(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsBelow)];
}

/**
 * A call of the API as the command that makes it: `POST /admin/v1/refunds/12/release` is
 * `npm run cli -- refunds release 12 --reason <text>`. A call no command makes stays as it is.
 */
export function commandOf(program: Command, method: string, address: string): string {
  const { pathname, searchParams } = new URL(address, 'http://service');
  for (const command of commandsBelow(program)) {
    for (const { operation, options, usage } of operationsOf(command)) {
      const values = valuesOf(operation, method, pathname);
      const stated = statedIn(searchParams, options);
      if (values === undefined || stated === undefined) continue;
      const asked = command.options.filter((option) => option.mandatory).map(usageOf);
      return [nameOf(command), ...values.map(quoted), ...stated, ...usage, ...asked].join(' ');
    }
  }
  return `${method} ${address}`;
}

/** A text of the service with the calls in it as the commands that make them. */
export function inCommands(program: Command, text: string): string {
  return text.replaceAll(CALL, (_, method: string, address: string) => commandOf(program, method, address));
}

const CALL = /\b(GET|POST|PUT|PATCH|DELETE) (\/admin\/v1\/[^\s,;)]*[^\s,;).:])/g;

/** @returns what stands for each `{member}` of the path; `undefined` for the path of another operation */
function valuesOf(operation: Operation, method: string, pathname: string): string[] | undefined {
  const [ofMethod, path = ''] = operation.split(' ');
  const parts = path.split('/');
  const given = pathname.split('/');
  if (ofMethod !== method || parts.length !== given.length) return undefined;
  const differs = parts.some((part, at) => !part.startsWith('{') && part !== given[at]);
  return differs ? undefined : given.filter((_, at) => parts[at]?.startsWith('{')).map(decodeURIComponent);
}

/** @returns the query as options; `undefined` when one of it has none */
function statedIn(query: URLSearchParams, options: Options): string[] | undefined {
  const stated = [...query].map(([name, value]) => {
    const option = options[name];
    if (option === undefined) return undefined;
    return option.isBoolean() ? option.long : `${option.long} ${quoted(value)}`;
  });
  return stated.every((one) => one != null) ? stated : undefined;
}

function usageOf(option: Option): string {
  const choices = option.argChoices?.join('|');
  return choices === undefined ? option.flags : `${option.long} <${choices}>`;
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** As a shell takes it. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
