import type { TstoreFaults, Strike } from '../faults/armed-faults';
import type { FaultKind } from '../faults/catalogue';
import { PLAIN_FORM, type MessageForm } from './notification';

/** How the completion of one job will be told: plainly, or as the armed faults want it. */
export interface NotificationPlan {
  form: MessageForm;
  copies: number;
  initialized: 'first' | 'late' | null;
  forged: Strike | null;
  held: boolean;
  lost: boolean;
  faults: string[];
}

export function planNotification(faults: TstoreFaults, jobId: string): NotificationPlan {
  const plan: NotificationPlan = {
    form: { ...PLAIN_FORM },
    copies: 1,
    initialized: null,
    forged: null,
    held: false,
    lost: false,
    faults: [],
  };
  const strike = (kind: FaultKind): Strike | null => faults.strikeOn(plan, kind, { jobId });
  plan.form.formEncoded = strike('notification-form-encoded') !== null;
  plan.form.unknownMembers = strike('notification-unknown-members') !== null;
  plan.form.missingMember = strike('notification-missing-member')?.text('member') ?? '';
  plan.form.contentType = strike('notification-content-type')?.text('contentType') ?? null;
  plan.copies = Math.max(1, strike('notification-burst')?.number('copies') ?? 1);
  if (strike('notification-initialized-first')) plan.initialized = 'first';
  else if (strike('notification-initialized-late')) plan.initialized = 'late';
  plan.forged = strike('notification-forged');
  plan.held = strike('notification-out-of-order') !== null;
  plan.lost = strike('notification-lost') !== null;
  return plan;
}
