import { Injectable } from '@nestjs/common';
import { Gateways, type FoundPayment, type ListedTransaction } from '../gateways';
import { startOfSeoulDay } from '../kernel/seoul-calendar';
import { wonFromDatabase } from '../kernel/won';
import { Database, type SqlSession } from '../platform/database';
import { TransactionLookups } from '../transaction-lookup';
import { ListFileRepository } from './list-file/list-file.repository';
import { keepPayment } from './listed-acts';
import { NEXT_PAYMENT_SQL } from './payments-of-day.sql';
import { dayBeside } from './seoul-days';
import type { TieOut } from './tie-out.entity';
import { BY_CALENDAR, TieOutRepository, type TieOutClaim } from './tie-out.repository';

/** Who has a day compared anew: the calendar has called for another one. */
const BY_TIE_OUT = 'tie-out';

/** What became of looking one up: it is kept by {@link PaymentsOfDay.keep}, waits for a turn, or could not be asked. */
export type Told = { acts: ListedTransaction[] | null } | { freeAt: Date } | { why: string };

/**
 * A day of an account whose gateway lists none, payment by payment: each is looked up in turn, under the account's pace, and what
 * happened to it is kept as a list would have it. The cursor is the last payment, so whoever comes later goes on behind it.
 */
@Injectable()
export class PaymentsOfDay {
  constructor(
    private readonly gateways: Gateways,
    private readonly lookups: TransactionLookups,
    private readonly tieOuts: TieOutRepository,
    private readonly files: ListFileRepository,
    private readonly database: Database,
  ) {}

  /** The gateway's id of the first payment of the day behind the cursor; `undefined` after the last. */
  async next({ gatewayAccount, gateway, day, cursor }: TieOut): Promise<string | undefined> {
    const span = [startOfSeoulDay(day), startOfSeoulDay(dayBeside(day, 1))];
    const parameters = [gatewayAccount, gateway, day, ...span, cursor ?? ''];
    const [next] = await this.database.rows<{ transactionId: string }>(NEXT_PAYMENT_SQL, parameters);
    return next?.transactionId;
  }

  /**
   * Asks the gateway what happened to a payment; call it with no transaction open. Of one that is not ours, and of one that it denies though
   * nobody here has it as paid, downloaded lists tell.
   */
  async tell(tieOut: TieOut, transactionId: string): Promise<Told> {
    const { gatewayAccount, gateway } = tieOut;
    const tells = this.gateways.telling(gateway);
    const inFiles = await this.files.ofPayment(tieOut, transactionId);
    if (inFiles?.isOurs === false) return { acts: inFiles.acts };
    const asked = await this.lookups.askInTurn({ gateway, gatewayAccount, transactionId }, BY_CALENDAR);
    if (asked instanceof Date) return { freeAt: asked };
    const { answer } = asked;
    switch (answer.kind) {
      case 'success':
        return { acts: tells.actsOf(answer.value, await this.recordedRefunds(answer.value.payment)) };
      case 'refused':
        if (answer.notFound === true) return { acts: inFiles?.isSettled === false ? inFiles.acts : [] };
        return { why: `${answer.resultCode ?? ''} ${answer.resultMessage}`.trim() };
      case 'unknown':
        // What is no answer about this payment says nothing of the others: they are not kept waiting.
        if (answer.reason === 'another-payment') return { acts: null };
        return { why: answer.message };
    }
  }

  /**
   * Keeps what was told of a payment, and goes on behind it. Days that are over and look otherwise by it are compared anew: a payment
   * may be given back long after it was made.
   */
  async keep(
    session: SqlSession,
    claim: TieOutClaim,
    transactionId: string,
    acts: ListedTransaction[] | null,
    today: string,
  ) {
    const { tieOut } = claim;
    const days = acts === null ? [] : await keepPayment(session, tieOut, transactionId, acts);
    for (const day of days.filter((day) => day !== tieOut.day && day < today)) {
      await this.tieOuts.open(session, { ...tieOut, day }, BY_TIE_OUT);
    }
    await this.tieOuts.goOn(session, claim, { cursor: transactionId, pageCount: tieOut.pageCount + 1 });
  }

  private async recordedRefunds({ transactionId }: FoundPayment) {
    const rows = await this.database.rows<{ id: string; amount: string }>(
      `SELECT refund_transaction_id AS id, amount FROM refund
       WHERE gateway <> 'tstore' AND transaction_id = $1 AND state = 'Refunded' AND refund_transaction_id IS NOT NULL`,
      [transactionId],
    );
    return new Map(rows.map(({ id, amount }) => [id, wonFromDatabase(amount)]));
  }
}
