import { Injectable } from '@nestjs/common';
import { NOTHING_DUE, ONE_DONE, type StepReport } from '../kernel/step-report';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database } from '../platform/database';
import { ApprovalRepository } from './approval.repository';
import { Approvals } from './approvals.service';

/** Ends what waited for a second person for too long: what was true when it was asked for may not be so any more. */
@Injectable()
export class ApprovalExpiry {
  constructor(
    private readonly approvals: Approvals,
    private readonly repository: ApprovalRepository,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async runOnce(): Promise<StepReport> {
    if (!(await this.repository.isAnyOverdue(this.clock.now()))) return NOTHING_DUE;
    const isExpired = await this.database.transaction(async (session) => {
      const isAny = await this.approvals.expireNext(session);
      if (isAny) await crashPoint('expire-approval.before-commit');
      return isAny;
    });
    if (!isExpired) return NOTHING_DUE;
    await crashPoint('expire-approval.recorded');
    return ONE_DONE;
  }
}
