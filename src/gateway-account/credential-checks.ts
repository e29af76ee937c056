import { Injectable } from '@nestjs/common';
import { Clock, retryAt, secondsAfter } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import type { CredentialSet } from './credential.vault';
import type { GatewayAccount } from './gateway-account.entity';
import { GatewayAccountCheck, type CredentialVerdict } from './gateway-account-check.entity';
import { SettingsAccounts } from './settings-accounts';

/** That secrets are in use is written so seldom: nobody decides by less. */
const USE_NOTED_EVERY_SECONDS = 60;

/** Not noted for so long, they were not in use. */
const BACK_IN_USE_AFTER_SECONDS = 150;

/** Somebody may have mended it on the gateway's side. */
const REFUSED_AGAIN_SECONDS = 3_600;

/** A gateway that is away is asked again soon, and ever less often. */
const BACK_OFF = { firstSeconds: 30, longestSeconds: 900 };

/** Secrets that nobody has had for so long are nobody's any more, such as those of an account whose settings are gone. */
const IN_USE_WITHIN = '1 day';

/** Schedulers say each minute what they use; while this one is silent others are used, it is not. */
const NOT_USED_AFTER = '15 minutes';

/**
 * Secrets that the gateway of their account refuses, at SQL of the present: those in use, and not those that others have taken the
 * place of, if the gateway has said something of these.
 */
export function refusedCredentialsSql(now: string): string {
  return `SELECT refused.gateway_account, refused.since, refused.detail
    FROM gateway_account_check AS refused JOIN gateway_account AS account ON account.id = refused.gateway_account
    WHERE refused.verdict = 'refused' AND account.enabled AND refused.in_use_at > ${now} - interval '${IN_USE_WITHIN}'
      AND NOT EXISTS (
        SELECT FROM gateway_account_check AS later
        WHERE later.gateway_account = refused.gateway_account AND later.verdict IS NOT NULL
          AND greatest(later.judged_at, later.in_use_at - interval '${NOT_USED_AFTER}') > refused.in_use_at)`;
}

/** A gateway that is down for a moment is nobody's concern; one that was never reached may have a wrong address. */
const UNANSWERED_AFTER = '15 minutes';

/** Secrets in use of which the gateway of their account has not said anything yet, however often it was asked, at SQL of the present. */
export function unansweredCredentialsSql(now: string): string {
  return `SELECT unanswered.gateway_account, unanswered.since, unanswered.attempts
    FROM gateway_account_check AS unanswered JOIN gateway_account AS account ON account.id = unanswered.gateway_account
    WHERE unanswered.verdict IS NULL AND unanswered.attempts > 1 AND account.enabled
      AND unanswered.since < ${now} - interval '${UNANSWERED_AFTER}'
      AND unanswered.in_use_at > ${now} - interval '${IN_USE_WITHIN}'
      AND NOT EXISTS (
        SELECT FROM gateway_account_check AS later
        WHERE later.gateway_account = unanswered.gateway_account AND later.in_use_at - interval '${NOT_USED_AFTER}' > unanswered.in_use_at)`;
}

/**
 * Accounts that nobody uses, at SQL of the present: enabled, and for a while no scheduler had any of their secrets, because they are
 * not set up where it runs, or are of another environment.
 */
export function unusedAccountsSql(now: string): string {
  return `SELECT id FROM gateway_account AS account
    WHERE enabled AND NOT EXISTS (
      SELECT FROM gateway_account_check AS used
      WHERE used.gateway_account = account.id AND used.in_use_at > ${now} - interval '${NOT_USED_AFTER}')`;
}

/** Which secrets. */
type Which = Pick<GatewayAccountCheck, 'gatewayAccount' | 'credentials'>;

/** Secrets that are due to be tried, as they were claimed. */
export type DueCheck = Pick<GatewayAccountCheck, 'id' | 'gatewayAccount' | 'credentials' | 'attempts'> & {
  claimedUntil: Date;
};

/** What a gateway has said of secrets, and what to do about it. */
export interface Judgement {
  verdict: CredentialVerdict;
  /** Masked. */
  detail: string;
  act: string;
  at: Date;
}

/** Keeps what gateways say of the newest secrets of each account, and when they are to be tried. */
@Injectable()
export class CredentialChecks {
  constructor(
    private readonly settings: SettingsAccounts,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** What is known of the newest secrets that accounts have here, by their ids; nothing of those that were never seen. */
  async of(accounts: readonly Pick<GatewayAccount, 'id'>[]): Promise<ReadonlyMap<string, GatewayAccountCheck>> {
    const newest = await this.newest(accounts);
    const rows = await this.database.manager
      .createQueryBuilder(GatewayAccountCheck, 'one')
      .where('one.gatewayAccount = ANY (:ids)', { ids: newest.map(({ gatewayAccount }) => gatewayAccount) })
      .getMany();
    const isNewest = (row: Which) =>
      newest.some((one) => one.gatewayAccount === row.gatewayAccount && one.credentials === row.credentials);
    return new Map(rows.filter(isNewest).map((row) => [row.gatewayAccount, row]));
  }

  /** Claims the newest secrets of one of these accounts that are due to be tried; those that are seen first are. */
  async claim(accounts: readonly GatewayAccount[], leaseSeconds: number): Promise<DueCheck | undefined> {
    if (accounts.length === 0) return undefined;
    const newest = await this.newest(accounts);
    await this.noteUse(newest);
    const now = this.clock.now();
    const [due] = await this.database.rows<DueCheck>(
      `UPDATE gateway_account_check SET next_check_at = $2
       WHERE id = (
         SELECT id FROM gateway_account_check
         WHERE next_check_at <= $1 AND (gateway_account, credentials) IN (SELECT * FROM unnest($3::text[], $4::text[]))
         ORDER BY next_check_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, gateway_account AS "gatewayAccount", credentials, attempts, next_check_at AS "claimedUntil"`,
      [now, secondsAfter(now, leaseSeconds), ...columnsOf(newest)],
    );
    return due;
  }

  /**
   * Keeps what a gateway says of secrets, whoever asked it.
   *
   * @returns what it said of them before; `null` for nothing
   */
  async record(which: Which, { verdict, detail, act, at }: Judgement): Promise<CredentialVerdict | null> {
    const next = verdict === 'refused' ? secondsAfter(at, REFUSED_AGAIN_SECONDS) : null;
    return this.database.transaction(async (session) => {
      await session.execute(
        `INSERT INTO gateway_account_check (gateway_account, credentials, in_use_at, since, next_check_at)
         VALUES ($1, $2, $3, $3, $3) ON CONFLICT (gateway_account, credentials) DO NOTHING`,
        [which.gatewayAccount, which.credentials, at],
      );
      const [before] = await session.rows<Pick<GatewayAccountCheck, 'id' | 'verdict'>>(
        `SELECT id, verdict FROM gateway_account_check WHERE gateway_account = $1 AND credentials = $2 FOR UPDATE`,
        [which.gatewayAccount, which.credentials],
      );
      await session.execute(
        `UPDATE gateway_account_check
         SET verdict = $2, detail = $3, act = $4, judged_at = $5, in_use_at = greatest(in_use_at, $5), attempts = 0, next_check_at = $6,
           since = CASE WHEN verdict = $2 THEN since ELSE $5 END
         WHERE id = $1 AND coalesce(judged_at <= $5, true)`,
        [before?.id, verdict, detail, act, at, next],
      );
      return before?.verdict ?? null;
    });
  }

  /** Has secrets tried again later of which the gateway said nothing; what it said before stays. */
  async postpone({ id, attempts, claimedUntil }: DueCheck): Promise<Date> {
    const next = retryAt(this.clock.now(), attempts + 1, BACK_OFF);
    await this.database.execute(
      'UPDATE gateway_account_check SET attempts = attempts + 1, next_check_at = $2 WHERE id = $1 AND next_check_at = $3',
      [id, next, claimedUntil],
    );
    return next;
  }

  /** Has whatever secrets an account has tried anew. */
  async askAgain(session: SqlSession, gatewayAccount: string): Promise<void> {
    await session.execute('UPDATE gateway_account_check SET next_check_at = $2 WHERE gateway_account = $1', [
      gatewayAccount,
      this.clock.now(),
    ]);
  }

  /** Notes that secrets are in use, and which are new, or back after others were in their place: these are to be tried. */
  private async noteUse(newest: readonly Which[]): Promise<void> {
    const now = this.clock.now();
    const stale = await this.database.rows<Which>(
      `SELECT newest.account AS "gatewayAccount", newest.credentials
       FROM unnest($1::text[], $2::text[]) AS newest (account, credentials)
       LEFT JOIN gateway_account_check AS known
         ON known.gateway_account = newest.account AND known.credentials = newest.credentials
       WHERE known.in_use_at IS NULL OR known.in_use_at <= $3`,
      [...columnsOf(newest), secondsAfter(now, -USE_NOTED_EVERY_SECONDS)],
    );
    if (stale.length === 0) return;
    await this.database.execute(
      `INSERT INTO gateway_account_check (gateway_account, credentials, in_use_at, since, next_check_at)
       SELECT account, credentials, $3, $3, $3 FROM unnest($1::text[], $2::text[]) AS newest (account, credentials)
       ORDER BY account
       ON CONFLICT (gateway_account, credentials) DO UPDATE
       SET in_use_at = greatest(gateway_account_check.in_use_at, excluded.in_use_at),
         next_check_at = CASE WHEN gateway_account_check.in_use_at < $4 AND EXISTS (
             SELECT FROM gateway_account_check AS other WHERE other.gateway_account = gateway_account_check.gateway_account
               AND other.in_use_at > gateway_account_check.in_use_at)
           THEN excluded.next_check_at ELSE gateway_account_check.next_check_at END`,
      [...columnsOf(stale), now, secondsAfter(now, -BACK_IN_USE_AFTER_SECONDS)],
    );
  }

  /** Names of the newest secrets that each account has here; accounts without any are left out. */
  private async newest(accounts: readonly Pick<GatewayAccount, 'id'>[]): Promise<Which[]> {
    const ids = accounts.map(({ id }) => id);
    const versions = await this.database.rows<Which>(
      `SELECT gateway_account AS "gatewayAccount", max(version)::text AS credentials
       FROM gateway_account_credential WHERE gateway_account = ANY ($1) GROUP BY gateway_account`,
      [ids.filter((id) => !this.settings.includes(id))],
    );
    const ofSettings = ids.flatMap((id) => {
      const set: CredentialSet | undefined = this.settings.isThere(id) ? this.settings.credentials(id) : undefined;
      return set === undefined ? [] : [{ gatewayAccount: id, credentials: set.print }];
    });
    return [...versions, ...ofSettings];
  }
}

function columnsOf(which: readonly Which[]): [string[], string[]] {
  return [which.map(({ gatewayAccount }) => gatewayAccount), which.map(({ credentials }) => credentials)];
}
