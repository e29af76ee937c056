import { Injectable } from '@nestjs/common';
import { createHash, timingSafeEqual } from 'node:crypto';
import { In } from 'typeorm';
import { DomainError } from '../../kernel/errors';
import { Clock, secondsAfter } from '../../platform/clock';
import { KeyRing } from '../../platform/crypto';
import { Database, type SqlSession } from '../../platform/database';
import { DepositAccount } from './deposit-account.entity';
import { DirectPayment } from '../direct-payment.entity';
import type { DepositReceipt } from '../payment-receipt';

/** Where the gateway does not say until when: its usual time. */
const USUAL_SECONDS = 168 * 3_600;

/** Accounts that gateways have issued, each for one payment. */
@Injectable()
export class DepositAccounts {
  constructor(
    private readonly keys: KeyRing,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} `internal-error` where none was issued */
  async get(directPaymentId: string, session: SqlSession = this.database): Promise<DepositAccount> {
    const account = await session.manager.findOneBy(DepositAccount, { directPaymentId });
    if (account !== null) return account;
    throw new DomainError('internal-error', `direct payment ${directPaymentId} has no account for a deposit`);
  }

  /** That of the latest of these payments. */
  async latestOf(
    directPaymentIds: readonly string[],
    session: SqlSession = this.database,
  ): Promise<DepositAccount | undefined> {
    const query = {
      where: { directPaymentId: In([...directPaymentIds]) },
      order: { directPaymentId: 'DESC' },
    } as const;
    return (await session.manager.findOne(DepositAccount, query)) ?? undefined;
  }

  /** Keeps what was issued; a payment has one account, however often the gateway says so. */
  async keep(
    session: SqlSession,
    { id: directPaymentId }: DirectPayment,
    receipt: DepositReceipt,
  ): Promise<DepositAccount> {
    const { transactionId, depositAccount, depositSecret = null } = receipt;
    const { dueAt, ...account } = depositAccount;
    const now = this.clock.now();
    const sealed = depositSecret === null ? null : this.keys.encrypt(depositSecret, identityOf(directPaymentId));
    const secret = { secretCiphertext: sealed?.ciphertext ?? null, secretKeyId: sealed?.keyId ?? null };
    const times = { dueAt: dueAt ?? secondsAfter(now, USUAL_SECONDS), issuedAt: now };
    const row = { directPaymentId, transactionId, ...account, ...secret, ...times };
    await session.manager.createQueryBuilder().insert().into(DepositAccount).values(row).orIgnore().execute();
    return this.get(directPaymentId, session);
  }

  /** Whether a message that names a secret of this hash is about the account of a payment; told in constant time. */
  async isSecretOf(directPaymentId: string, secretHash: Buffer): Promise<boolean> {
    const account = await this.latestOf([directPaymentId]);
    if (!account?.secretCiphertext || account.secretKeyId === null) return false;
    const sealed = { ciphertext: account.secretCiphertext, keyId: account.secretKeyId };
    const kept = this.keys.decrypt(sealed, identityOf(directPaymentId));
    return timingSafeEqual(createHash('sha256').update(kept).digest(), secretHash);
  }

  /** Notes since when the deposit is known; `null`: it was taken back. */
  async noteDeposit(session: SqlSession, directPaymentId: string, depositedAt: Date | null): Promise<void> {
    await session.manager.update(DepositAccount, { directPaymentId }, { depositedAt });
  }

  /** Has the account closed at the gateway next, where its payment still waits for a deposit. */
  async abandon(session: SqlSession, id: string, because: string): Promise<void> {
    const now = this.clock.now();
    const { affected } = await session.manager.update(DirectPayment, { id, state: 'Awaited' }, { nextAttemptAt: now });
    if (affected === 0) return;
    const unwanted = { unwantedSince: now, unwantedBecause: because };
    await session.manager.update(DepositAccount, { directPaymentId: id }, unwanted);
  }
}

function identityOf(directPaymentId: string): string {
  return `deposit_account:${directPaymentId}`;
}
