import { Injectable } from '@nestjs/common';
import type { ChargeRecord } from '../charge';
import { Gateways, type ReceiveAccount } from '../gateways';
import { DomainError, type InputFault } from '../kernel/errors';
import { KeyRing } from '../platform/crypto';
import { Database, type SqlSession } from '../platform/database';
import { RefundAccount } from './refund-account.entity';

const SHOWN_DIGITS = 4;

/** Where refunds go of what came by a deposit: number and holder are the customer's, and only the call to the gateway reads them. */
@Injectable()
export class RefundAccounts {
  constructor(
    private readonly gateways: Gateways,
    private readonly keys: KeyRing,
    private readonly database: Database,
  ) {}

  /**
   * Holds the account against what a charge was paid with: a deposit can be given back to an account only, and anything else to none.
   *
   * @returns it with its bank by the gateway's code
   * @throws {DomainError} `invalid-request` naming the field
   */
  checked({ isByDeposit, gateway, orderNo }: ChargeRecord, account?: ReceiveAccount): ReceiveAccount | undefined {
    if (account === undefined) {
      if (!isByDeposit) return undefined;
      throw refused(orderNo, {
        field: 'account',
        expected: 'bank, accountNumber and holderName: it was paid by a deposit',
      });
    }
    if (!isByDeposit) throw refused(orderNo, { field: 'account', expected: 'none: it was not paid by a deposit' });
    const banks = this.gateways.refunding(gateway).banks ?? new Map<string, string>();
    const [code] = [...banks].find(([known, name]) => known === account.bank || name === account.bank) ?? [];
    if (code !== undefined) return { ...account, bank: code };
    throw refused(orderNo, {
      field: 'account.bank',
      expected: `one of ${[...banks].map((bank) => bank.join(' ')).join(', ')}`,
    });
  }

  /** Keeps where a refund goes, sealed. @returns it as people are shown it */
  async keep(
    session: SqlSession,
    refundId: string,
    { gateway }: ChargeRecord,
    account: ReceiveAccount,
  ): Promise<string> {
    const { bank, accountNumber, holderName } = account;
    const bankName = this.gateways.refunding(gateway).banks?.get(bank) ?? bank;
    const shown = `${bankName} …${accountNumber.slice(-SHOWN_DIGITS)} ${[...holderName][0] ?? ''}…`;
    const { ciphertext, keyId } = this.keys.encrypt(
      JSON.stringify({ accountNumber, holderName }),
      identityOf(refundId),
    );
    await session.manager.insert(RefundAccount, { refundId, bankCode: bank, shown, ciphertext, keyId });
    return shown;
  }

  /** @throws {DomainError} `encryption-key-unknown`, `ciphertext-invalid` */
  async of(refundId: string): Promise<ReceiveAccount | undefined> {
    const kept = await this.database.manager.findOneBy(RefundAccount, { refundId });
    if (kept === null) return undefined;
    const opened = this.keys.decrypt(kept, identityOf(refundId)).toString('utf8');
    return { bank: kept.bankCode, ...(JSON.parse(opened) as Omit<ReceiveAccount, 'bank'>) };
  }

  /** Whether a refund goes to this account, as it was checked; `undefined`: to none. */
  async isTo(refundId: string, account: ReceiveAccount | undefined): Promise<boolean> {
    const kept = await this.of(refundId);
    if (kept === undefined || account === undefined) return kept === account;
    return (['bank', 'accountNumber', 'holderName'] as const).every((member) => kept[member] === account[member]);
  }

  /** Notes how far the gateway's transfer is, where it says so. */
  async noteTransfer(session: SqlSession, refundId: string, transferStatus: string): Promise<void> {
    await session.manager.update(RefundAccount, { refundId }, { transferStatus });
  }
}

function refused(orderNo: string, fault: InputFault): DomainError {
  return new DomainError('invalid-request', `The refund of ${orderNo} can’t be made so`, { faults: [fault] });
}

function identityOf(refundId: string): string {
  return `refund_account:${refundId}`;
}
