import type { Command } from 'commander';
import { createClient, type MerchantBillingClient } from '../client/src';
import { UsageError } from './exit';
import { detailsOf, jsonOf, tableOf, type Column } from './output';

/** What stands around a command: the environment it reads and where it writes to. */
export interface Surroundings {
  environment: NodeJS.ProcessEnv;
  write: (text: string) => void;
  complain: (text: string) => void;
}

/** Options every command has. */
interface GlobalOptions {
  url?: string;
  json?: boolean;
  idempotencyKey?: string;
}

/** A command at work: the API it asks and the form its answer is to have. */
export class Session {
  readonly api: MerchantBillingClient;
  /** Headers of the one POST of a command. */
  readonly headers: Record<string, string>;
  private readonly asJson: boolean;

  constructor(
    command: Command,
    private readonly surroundings: Surroundings,
  ) {
    const { url, json = false, idempotencyKey } = command.optsWithGlobals<GlobalOptions>();
    const { MERCHANT_BILLING_URL, MERCHANT_BILLING_API_KEY } = surroundings.environment;
    const baseUrl = url ?? MERCHANT_BILLING_URL;
    if (!baseUrl)
      throw new UsageError('State where the service is: --url, or MERCHANT_BILLING_URL in the environment.');
    if (!URL.canParse(baseUrl))
      throw new UsageError(`${baseUrl} is no address; one is like https://billing.example.com`);
    // A key among the arguments would be seen by everybody who lists the processes.
    if (!MERCHANT_BILLING_API_KEY) throw new UsageError('State an API key in MERCHANT_BILLING_API_KEY.');
    this.api = createClient({ baseUrl, apiKey: MERCHANT_BILLING_API_KEY });
    this.headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    this.asJson = json;
  }

  showList<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void {
    this.tell(rows, () => tableOf(rows, columns));
  }

  show(answer: Answer<object>): void {
    const thing = dataOf(answer);
    this.tell(thing, () => detailsOf(thing));
  }

  /** Writes a value as JSON, or in the words for people. */
  tell(value: unknown, inWords: () => string): void {
    this.surroundings.write(this.asJson ? jsonOf(value) : inWords());
  }
}

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
    (...given: [...Given, Command]) => {
      const command = given.at(-1) as Command;
      return work(new Session(command, surroundings), ...(given.slice(0, -1) as Given));
    };
}
