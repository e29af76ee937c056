import { SetMetadata } from '@nestjs/common';

export const SHOWN_ONCE = 'admin:shown-once';

/** Members of an answer that are secrets: sent this once, and `null` when it is answered again under an Idempotency-Key. */
export const ShownOnce = (...members: string[]): MethodDecorator => SetMetadata(SHOWN_ONCE, members);
