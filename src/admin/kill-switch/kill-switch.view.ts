import { ApiProperty } from '@nestjs/swagger';
import type { KillSwitchState } from '../../kill-switch';

/** A position of the switch: who put it there, when and why. */
export class KillSwitchChangeView {
  @ApiProperty({ description: 'true: nothing is submitted, no payment is asked for and nothing refunded' })
  engaged!: boolean;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
  @ApiProperty({ type: String, nullable: true }) actor!: string | null;
  @ApiProperty({ type: Date, nullable: true, description: 'null: never changed' }) changedAt!: Date | null;
}

class KillSwitchLinksView {
  @ApiProperty({ description: 'With its last changes' }) self!: string;
  @ApiProperty() auditLog!: string;
}

export class KillSwitchView extends KillSwitchChangeView {
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: KillSwitchLinksView, description: 'Where its evidence is' }) links!: KillSwitchLinksView;
  @ApiProperty({ description: 'Changes with it; also its ETag' }) version!: string;
}

export class KillSwitchDetailView extends KillSwitchView {
  @ApiProperty({ type: [KillSwitchChangeView], description: 'The last changes, newest first' })
  history!: KillSwitchChangeView[];
}

/** Engaging again is allowed, and notes another reason. */
export function killSwitchViewOf(state: KillSwitchState): KillSwitchView {
  return {
    ...state,
    actions: state.engaged ? ['engage', 'release'] : ['engage'],
    links: { self: '/admin/v1/kill-switch', auditLog: '/admin/v1/audit-log?resource=kill-switch' },
  };
}
