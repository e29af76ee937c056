import type { Command, Option } from 'commander';
import { saveBytes, saveTo, type SaveOptions } from './files';
import { allOption, limitOption, outputOption, rowsOf, yesOption, type ListOptions } from './options';
import { covers, type BodyOf, type Operation, type Options, type QueryOf, type RowOf } from './operations';
import type { Run, Session } from './session';
import type { Column } from './table';
import { count } from './words';

/** A command that asks one operation of the API. */
interface Declared<Op extends Operation> {
  /** As commander has it: `release <id>`; its arguments are the members of the path, in their order. */
  name: string;
  does: string;
  operation: Op;
}

type OptionsFor<Members> = { [name in keyof Members]?: Option };

interface DeclaredList<Op extends Operation, Rows extends string> extends Declared<Op> {
  columns: readonly Column<RowOf<Op, Rows>>[];
  /** The option that states each member of the query. */
  filters?: OptionsFor<Omit<QueryOf<Op>, 'limit' | 'cursor' | 'format'>>;
}

interface DeclaredAct<Op extends Operation> extends Declared<Op> {
  /** The option that states each member of the body. */
  body?: OptionsFor<BodyOf<Op>>;
  /** Of what moves money: what will happen, for the person who is asked before. */
  asks?: (session: Session, path: Record<string, string>, body: Record<string, unknown>) => Promise<string>;
}

/** A list, a page or all of it, as a table; or saved as a spreadsheet. */
export function addList<Op extends Operation, Rows extends string = 'items'>(
  group: Command,
  run: Run,
  { name, does, operation, columns, filters = {} }: DeclaredList<Op, Rows>,
): Command {
  const options = filters as Options;
  const command = group.command(name).description(does);
  for (const option of Object.values(options)) command.addOption(option);
  const limit = limitOption();
  command.addOption(limit).addOption(allOption()).addOption(outputOption());
  return covers(command, operation, { ...options, limit }).action(
    run(async (session, ...given: unknown[]) => {
      const stated = given.pop() as ListOptions & SaveOptions & Record<string, unknown>;
      const path = pathOf(operation, given as string[]);
      const query = membersStated(options, stated);
      if (stated.output !== undefined) {
        const most = command.getOptionValueSource('limit') === 'cli' ? { limit: stated.limit } : {};
        return saveTo(session, stated.output, operation, { path, query: { ...query, ...most } });
      }
      const { rows, more } = await rowsOf(stated, (page) =>
        session.call(operation, { path, query: { ...query, ...page } }),
      );
      session.showList(rows as RowOf<Op, Rows>[], columns);
      if (more) session.note(`(there are more than these ${count(rows.length)}: --limit <rows>, or --all)`);
    }),
  );
}

/** One thing with all that is known of it. */
export function addShow<Op extends Operation>(
  group: Command,
  run: Run,
  { name, does, operation }: Declared<Op>,
): Command {
  return covers(group.command(name).description(does), operation).action(
    run(async (session, ...given: unknown[]) => {
      given.pop();
      session.showThing((await session.call(operation, { path: pathOf(operation, given as string[]) })) as object);
    }),
  );
}

/** A file, saved where `--output` says. */
export function addDownload<Op extends Operation>(
  group: Command,
  run: Run,
  { name, does, operation, filters = {} }: Declared<Op> & Pick<DeclaredList<Op, string>, 'filters'>,
): Command {
  const options = filters as Options;
  const command = group.command(name).description(does);
  for (const option of Object.values(options)) command.addOption(option);
  command.requiredOption('--output <file>', 'where to save it');
  return covers(command, operation, options).action(
    run(async (session, ...given: unknown[]) => {
      const stated = given.pop() as { output: string };
      const path = pathOf(operation, given as string[]);
      await saveBytes(session, stated.output, operation, { path, query: membersStated(options, { ...stated }) });
    }),
  );
}

/** A change, after which the thing is shown as it is then. */
export function addAct<Op extends Operation>(
  group: Command,
  run: Run,
  { name, does, operation, body = {}, asks }: DeclaredAct<Op>,
): Command {
  const options = body as Options;
  const command = group.command(name).description(does);
  for (const option of Object.values(options)) command.addOption(option);
  if (asks !== undefined) command.addOption(yesOption());
  return covers(command, operation, options).action(
    run(async (session, ...given: unknown[]) => {
      const stated = membersStated(options, given.pop() as Record<string, unknown>);
      const path = pathOf(operation, given as string[]);
      if (asks !== undefined) await session.confirm(() => asks(session, path, stated));
      const parts = Object.keys(options).length === 0 ? { path } : { path, body: stated };
      session.showDone(await session.call(operation, parts));
    }),
  );
}

/** Arguments as the members of an operation's path. */
function pathOf(operation: Operation, values: readonly string[]): Record<string, string> {
  const names = [...operation.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  return Object.fromEntries(names.map((name, at) => [name, values[at] as string]));
}

function membersStated(options: Options, stated: Record<string, unknown>): Record<string, unknown> {
  const members = Object.entries(options).map(([name, option]) => [name, stated[option.attributeName()]] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}
