import { Injectable } from '@nestjs/common';
import { NOTHING_DUE, type StepReport } from '../kernel/step-report';
import { crashPoint } from '../platform/crash-points';
import { Database } from '../platform/database';
import { MethodRegistrationRepository } from './method-registration.repository';

const ACTOR = 'registration-expiry';

/** Ends registrations that nobody came back to in time. */
@Injectable()
export class RegistrationExpiry {
  constructor(
    private readonly registrations: MethodRegistrationRepository,
    private readonly database: Database,
  ) {}

  async runOnce(): Promise<StepReport> {
    const done = await this.database.transaction(async (session) => {
      const expired = await this.registrations.expire(session, ACTOR);
      if (expired > 0) await crashPoint('expire-registration.before-commit');
      return expired;
    });
    if (done === 0) return NOTHING_DUE;
    await crashPoint('expire-registration.recorded');
    return { done, postponed: 0 };
  }
}
