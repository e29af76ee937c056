import { Injectable } from '@nestjs/common';
import { KakaopayConfig } from '../../config';
import { GatewayAccounts, type CredentialSet } from '../../gateway-account';
import { DomainError } from '../../kernel/errors';
import type { GatewayAnswer } from '../gateway';
import type { KakaopayCall } from './api/requests';

/** What a contract is for: payments of a customer who is there, and those without. */
export type ContractKind = 'single' | 'recurring';

const CID_OF = { single: 'cid', recurring: 'cidSubscription' } as const;
const SECRET_OF = { single: 'cidSecret', recurring: 'cidSubscriptionSecret' } as const;

/** Keys and contracts of the accounts. */
@Injectable()
export class KakaopayAccounts {
  /** The longest a call may take, from its first byte to its answer. */
  readonly longestCallMs: number;

  constructor(
    private readonly accounts: GatewayAccounts,
    config: KakaopayConfig,
  ) {
    this.longestCallMs = config.connectTimeoutMs + 2 * config.answerTimeoutMs;
  }

  /**
   * What a call goes with: the newest key.
   *
   * @throws {DomainError} `gateway-not-configured`, `gateway-account-unusable`; `gateway-cannot` where there is no such contract
   */
  async callFor(account: string, kind: ContractKind): Promise<KakaopayCall> {
    const [newest] = await this.accounts.credentials(account);
    return (await this.callWith(account, kind, newest)) ?? withoutContract(account, kind);
  }

  /** The same with these secrets; `undefined` where there is no such contract. */
  async callWith(account: string, kind: ContractKind, { secrets }: CredentialSet): Promise<KakaopayCall | undefined> {
    const { identifiers } = await this.accounts.get(account);
    const cid = identifiers[CID_OF[kind]];
    if (cid === undefined) return undefined;
    return {
      ...{
        account,
        secretKey: secrets.secretKey ?? '',
        generation: identifiers.generation === 'legacy' ? 'legacy' : 'current',
      },
      contract: { cid, cidSecret: secrets[SECRET_OF[kind]] },
    };
  }

  /** Asks what does no harm twice: with the newest key, and while an older one is good and the newest is refused, with that. */
  async asking<T>(
    account: string,
    kind: ContractKind,
    ask: (call: KakaopayCall) => Promise<GatewayAnswer<T>>,
  ): Promise<GatewayAnswer<T>> {
    const [newest, ...older] = await this.accounts.credentials(account);
    let answer = await ask((await this.callWith(account, kind, newest)) ?? withoutContract(account, kind));
    for (const set of older) {
      if (answer.kind !== 'refused' || !answer.unauthorized) break;
      const call = await this.callWith(account, kind, set);
      if (call !== undefined) answer = await ask(call);
    }
    return answer;
  }

  /** The contracts that an account has. */
  async kindsOf(account: string): Promise<ContractKind[]> {
    const { identifiers } = await this.accounts.get(account);
    return (['single', 'recurring'] as const).filter((kind) => identifiers[CID_OF[kind]] !== undefined);
  }
}

function withoutContract(account: string, kind: ContractKind): never {
  throw new DomainError('gateway-cannot', `The gateway account ${account} has no ${CID_OF[kind]}: no ${kind} payments`);
}
