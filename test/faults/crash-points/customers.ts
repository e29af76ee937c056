import type { Visits } from './visits';
import { outwaitRegistration, registerMethod, removeMethod } from './works/methods';
import { hearOfCancellation, outwaitOrder, payCanceledOrder } from './works/orders';

/** Orders and payment methods: what customers do, or never come to do. */
export const CUSTOMERS: Visits = {
  'look-into-message.claimed': { work: hearOfCancellation },
  'look-into-message.looked': { work: hearOfCancellation },
  'look-into-message.recorded': { work: hearOfCancellation },
  'expire-order.before-commit': { work: outwaitOrder },
  'expire-order.recorded': { work: outwaitOrder },
  'give-back.found': { work: payCanceledOrder },
  'give-back.asked': { work: payCanceledOrder },
  'give-back.recorded': { work: payCanceledOrder },
  'register-method.before-commit': { work: registerMethod },
  'register-method.committed': { work: registerMethod },
  'issue-method.claimed': { work: registerMethod },
  'issue-method.intent-committed': { work: registerMethod },
  'issue-method.answered': { work: registerMethod },
  'issue-method.before-commit': { work: registerMethod },
  'issue-method.recorded': { work: registerMethod },
  'erase-method.claimed': { work: removeMethod },
  'erase-method.answered': { work: removeMethod },
  'erase-method.recorded': { work: removeMethod },
  'expire-registration.before-commit': { work: outwaitRegistration },
  'expire-registration.recorded': { work: outwaitRegistration },
};
