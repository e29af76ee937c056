export { BOOTSTRAP_OWNER, SERVICE, type Person } from './another-person';
export { beyondUsual, mayBeUnusual, type Size, type Usual } from './beyond-usual';
export { ApprovalExpiry } from './approval-expiry.service';
export { Approval, ApprovalHistory } from './approval.entity';
export { ApprovalModule } from './approval.module';
export type { ApprovalPage } from './approval.repository';
export { APPROVAL_KINDS, APPROVAL_TRANSITIONS, type ApprovalKind, type ApprovalState } from './approval.state';
export { Approvals, wordsOf, type ApprovalDecision, type ApprovedAct } from './approvals.service';
export { NOBODYS, normalizeOwner } from './owner';
