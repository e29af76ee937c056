export { BOOTSTRAP_OWNER, SERVICE, type Person } from './another-person';
export { beyondUsual, mayBeUnusual, type Size, type Usual } from './beyond-usual';
export { ApprovalExpiry } from './approval-expiry.service';
export { Approval } from './approval.entity';
export { ApprovalModule } from './approval.module';
export { APPROVAL_KINDS, APPROVAL_TRANSITIONS, type ApprovalKind, type ApprovalState } from './approval.state';
export { Approvals, wordsOf, type ApprovalDecision, type ApprovalRequest } from './approvals.service';
export { NOBODYS, normalizeOwner } from './owner';
