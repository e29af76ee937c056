import { Client, Pool, type ClientConfig, type PoolConfig } from 'pg';

/**
 * What every session of ours relies on, whatever a server, database or role was given as its default: how values are
 * written and read, where the tables are, and how transactions see one another. `default_transaction_read_only` is not among
 * it: whoever set that, often the host of a full database, meant it.
 */
const RELIED_ON: Readonly<Record<string, string>> = {
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  search_path: 'public',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
};

/** Limits of a session, none unless stated. The driver would send them as startup parameters, which poolers refuse. */
const LIMITS = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'] as const;

/** What PostgreSQL says of a write in a read-only transaction. */
const READ_ONLY = '25006';

/** What the driver has no words for: hearing of every refused statement, whoever sent it, and having its pool keep a session no longer. */
interface Insides {
  readonly connection: { on(event: 'errorMessage', told: (error: { code?: string }) => void): void };
  _ending: boolean;
}

type Connected = (error: Error | null, client?: Client) => void;

/**
 * A connection to PostgreSQL: the only kind there is here, alone or in a pool. It states its settings before anybody gets it,
 * and its end, at whatever moment, fails the statement in hand and the next ones, and nothing else. One that refuses to
 * write leaves its pool: it would go on refusing when its database takes writes again, for a session keeps what it began with.
 */
export class Connection extends Client {
  private readonly settings: string;

  constructor(given: string | ClientConfig = {}) {
    const config = { ...(typeof given === 'string' ? { connectionString: given } : given) };
    const limits = LIMITS.map((name) => [name, String(config[name] ?? 0)]);
    for (const name of LIMITS) delete config[name];
    super(config);
    this.settings = [...Object.entries(RELIED_ON), ...limits]
      .map(([name, value]) => `SET ${name} = ${name === 'search_path' ? value : `'${value}'`}`)
      .join(';');
    // A session may end between two holders: while a pool hands it on, nobody else listens, and an `error` event without a
    // listener ends the process.
    this.on('error', () => undefined);
    const insides = this as unknown as Insides;
    insides.connection.on('errorMessage', ({ code }) => {
      // Told before who asked is: a pool that gets it back after that ends it.
      if (code === READ_ONLY) insides._ending = true;
    });
  }

  override connect(): Promise<this>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<this> | void {
    if (callback === undefined) return this.open();
    this.open().then(() => callback(null, this), callback);
  }

  private async open(): Promise<this> {
    await super.connect();
    try {
      await this.query(this.settings);
      return this;
    } catch (error) {
      await this.end().catch(() => undefined);
      throw error;
    }
  }
}

/** @param onLost hears of idle connections that ended; the pool opens others when they are needed */
export function openPool(config: PoolConfig, onLost: (error: Error) => void = () => undefined): Pool {
  return new Pool(pooled(config)).on('error', onLost);
}

/** The same settings, for whoever makes the driver's pool itself. */
export function pooled<Config extends object>(config: Config): Config & { Client: typeof Connection } {
  return { ...config, Client: Connection };
}
