import { ApiProperty } from '@nestjs/swagger';

/** A position of the switch: who put it there, when and why. */
export class KillSwitchChangeView {
  @ApiProperty({ description: 'true: nothing is submitted' }) engaged!: boolean;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
  @ApiProperty({ type: String, nullable: true }) actor!: string | null;
  @ApiProperty({ type: Date, nullable: true, description: 'null: never changed' }) changedAt!: Date | null;
}

export class KillSwitchView extends KillSwitchChangeView {
  @ApiProperty({ description: 'Changes with it; also its ETag' }) version!: string;
}

export class KillSwitchDetailView extends KillSwitchView {
  @ApiProperty({ type: [KillSwitchChangeView], description: 'The last changes, newest first' })
  history!: KillSwitchChangeView[];
}
