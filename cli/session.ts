import type { Command } from 'commander';
import { ApiProblem, createClient, type MerchantBillingClient } from '../client/src';
import { AnotherService, AwaitsSecondPerson, NotConfirmed, UsageError } from './exit';
import { commandOf, inCommands, type Operation } from './operations';
import { pairsOf, tableOf, wrapped, wrappedToCopy, type Column } from './table';
import { waitingOf } from './waiting';
import { jsonOf, membersOf, withClock } from './words';

/** What stands around a command: the environment it reads and where it writes to. */
export interface Surroundings {
  environment: NodeJS.ProcessEnv;
  write: (text: string) => void;
  complain: (text: string) => void;
  /** Columns of the terminal; left out where there is none. */
  width?: number;
  /** Asks the person at the terminal; left out where there is nobody. */
  ask?: (question: string) => Promise<boolean>;
}

/** Options every command has. */
interface GlobalOptions {
  url?: string;
  json?: boolean;
  idempotencyKey?: string;
  yes?: boolean;
}

/** What is stated of a call beside its operation. */
export interface CallParts {
  path?: Record<string, string>;
  query?: object;
  body?: unknown;
  headers?: Record<string, string>;
  /** Sends the body as it is. */
  isRaw?: boolean;
}

/** A command at work: the API it asks and the form its answer is to have. */
export class Session {
  readonly api: MerchantBillingClient;
  /** Headers of the one POST of a command. */
  readonly headers: Record<string, string>;
  private readonly service: { baseUrl: string; apiKey: string };
  private readonly options: GlobalOptions;

  constructor(
    private readonly command: Command,
    private readonly surroundings: Surroundings,
  ) {
    this.options = command.optsWithGlobals<GlobalOptions>();
    const { url, idempotencyKey } = this.options;
    const { MERCHANT_BILLING_URL, MERCHANT_BILLING_API_KEY } = surroundings.environment;
    const baseUrl = url ?? MERCHANT_BILLING_URL;
    if (!baseUrl)
      throw new UsageError('State where the service is: --url, or MERCHANT_BILLING_URL in the environment.');
    if (!URL.canParse(baseUrl))
      throw new UsageError(`${baseUrl} is no address; one is like https://billing.example.com`);
    // A key among the arguments would be seen by everybody who lists the processes.
    if (!MERCHANT_BILLING_API_KEY) throw new UsageError('State an API key in MERCHANT_BILLING_API_KEY.');
    this.service = { baseUrl, apiKey: MERCHANT_BILLING_API_KEY };
    this.api = createClient(this.service);
    this.headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
  }

  /** Calls an operation by its name. @returns what it answers */
  async call(operation: Operation, { path, query, body, headers, isRaw = false }: CallParts = {}): Promise<unknown> {
    const [method = '', route = ''] = operation.split(' ');
    const init = {
      params: { path: path ?? {}, query: query ?? {} },
      ...(body !== undefined && { body }),
      ...(isRaw && { bodySerializer: (content: unknown) => content }),
      headers: { ...headers, ...(method === 'POST' && this.headers) },
    };
    return dataOf(await this.api.request(method.toLowerCase() as never, route as never, init as never));
  }

  /** What an operation answers, to the byte, while it comes. It takes as long as it takes. */
  async download(operation: Operation, { path, query }: CallParts = {}): Promise<ReadableStream<Uint8Array>> {
    const [method = '', route = ''] = operation.split(' ');
    const patient = createClient({ ...this.service, timeoutMs: DOWNLOAD_MS });
    const init = { params: { path: path ?? {}, query: query ?? {} }, parseAs: 'stream' };
    return dataOf<unknown>(
      await patient.request(method.toLowerCase() as never, route as never, init as never),
    ) as ReadableStream<Uint8Array>;
  }

  /**
   * Before money moves: says what will happen, and goes on when a person says so, or `--yes` did.
   *
   * @throws {NotConfirmed} when nobody does
   */
  async confirm(whatWillHappen: () => Promise<string>): Promise<void> {
    if (this.options.yes === true) return;
    const { ask } = this.surroundings;
    if (ask === undefined) {
      throw new NotConfirmed(
        'This moves money, and there is nobody to ask: state --yes to have it done. Nothing was done.',
      );
    }
    this.surroundings.complain(`${this.toCopy(await whatWillHappen())}\n`);
    if (!(await ask('Do it? [y/N] '))) throw new NotConfirmed('Nothing was done.');
  }

  showList<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void {
    this.tell(rows, () => this.table(rows, columns));
  }

  /** A text as wide as the terminal, for {@link tell}. */
  wrapped(text: string): string {
    return wrapped(text, this.surroundings.width ?? Infinity);
  }

  /** A table as wide as the terminal, for {@link tell}. */
  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
    return tableOf(rows, columns, this.surroundings.width);
  }

  /**
   * What a change has answered.
   *
   * @throws {AwaitsSecondPerson} where nothing was done but to ask for a second person, once that is shown
   */
  showDone(answer: unknown): void {
    const thing = answer as object;
    this.showThing(thing);
    const waiting = waitingOf(thing);
    if (waiting === undefined) return;
    const how = this.how(waiting.method, waiting.address);
    throw new AwaitsSecondPerson(
      `Asked for, and not done: ${waiting.what} waits for a second person, who says: ${how}`,
    );
  }

  showThing(thing: object): void {
    this.tell(thing, () =>
      pairsOf(
        membersOf(thing, {
          link: (link) => this.how('GET', link),
          text: (text) => this.inCommands(text),
        }),
        this.surroundings.width,
      ),
    );
  }

  /** A call of the API as the command that makes it. */
  how(method: string, address: string): string {
    return commandOf(this.program, method, address);
  }

  /** A text of the service, with the commands in it that it means. */
  inCommands(text: string): string {
    return inCommands(this.program, text);
  }

  private get program(): Command {
    let program = this.command;
    while (program.parent !== null) program = program.parent;
    return program;
  }

  /** Writes a value as JSON, or in the words for people. */
  tell(value: unknown, inWords: () => string): void {
    this.surroundings.write(this.options.json === true ? jsonOf(value) : withClock(inWords()));
  }

  /** Says something beside what is asked for. */
  note(text: string): void {
    this.surroundings.complain(`${this.toCopy(text)}\n`);
  }

  private toCopy(text: string): string {
    return wrappedToCopy(text, this.surroundings.width ?? Infinity);
  }
}

/** A month of a million lines on a slow way. */
const DOWNLOAD_MS = 3_600_000;

/** What a call of the client gives; the client throws where the service refuses. */
export interface Answer<Data> {
  data?: Data | undefined;
}

export function dataOf<Data>({ data }: Answer<Data>): Data {
  if (data === undefined) throw new Error('The service answered with nothing.');
  return data;
}

/** What a command does in a session, with the arguments and options that were given. */
type Work<Given extends unknown[]> = (session: Session, ...given: Given) => Promise<void>;

/** Makes a command's action of it. */
export type Run = <Given extends unknown[]>(work: Work<Given>) => (...given: [...Given, Command]) => Promise<void>;

export function runIn(surroundings: Surroundings): Run {
  return <Given extends unknown[]>(work: Work<Given>) =>
    async (...given: [...Given, Command]) => {
      const command = given.at(-1) as Command;
      const session = new Session(command, surroundings);
      try {
        await work(session, ...(given.slice(0, -1) as Given));
      } catch (error) {
        if (error instanceof SyntaxError)
          throw new AnotherService('The answer can’t be read as JSON.', { cause: error });
        if (error instanceof ApiProblem) error.message = session.inCommands(error.message);
        throw error;
      }
    };
}
