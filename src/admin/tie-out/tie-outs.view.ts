import { ApiProperty } from '@nestjs/swagger';
import { GATEWAY_NAMES, type GatewayName } from '../../gateways';
import { statesOf } from '../../kernel/transitions';
import { TIE_OUT_TRANSITIONS, type TieOut, type TieOutState } from '../../tie-out';
import { StateChangeView } from '../frame/history.view';
import { RetryView } from '../frame/retry.view';
import { FirstColumns } from '../lists';

class TieOutLinksView {
  @ApiProperty({ description: 'With the history of its states' }) self!: string;
  @ApiProperty({ description: 'What differs' }) differences!: string;
}

@FirstColumns('day', 'gatewayAccount', 'state', 'finishedAt')
export class TieOutView {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: statesOf(TIE_OUT_TRANSITIONS) }) state!: TieOutState;
  @ApiProperty({ type: [String], description: 'What may be done with it now; the day is run again by POST /tie-outs' })
  actions!: string[];
  @ApiProperty({ type: TieOutLinksView, description: 'Where it is, and what it found' }) links!: TieOutLinksView;
  @ApiProperty({ enum: GATEWAY_NAMES }) gateway!: GatewayName;
  @ApiProperty({ description: 'The gateway account' }) gatewayAccount!: string;
  @ApiProperty({ format: 'date', description: 'Seoul day' }) day!: string;
  @ApiProperty({ type: 'integer', description: 'Pages of the gateway’s lists that were read' }) pageCount!: number;
  @ApiProperty() requestedBy!: string;
  @ApiProperty() requestedAt!: Date;
  @ApiProperty({ type: Date, nullable: true, description: 'null: it goes on' }) finishedAt!: Date | null;
  @ApiProperty({ type: RetryView, nullable: true, description: 'Why it is not on, and when it is tried again' })
  retry!: RetryView | null;
}

export class TieOutDetailView extends TieOutView {
  @ApiProperty({ type: [StateChangeView], description: 'Changes of its state, oldest first' })
  history!: StateChangeView[];
}

export function tieOutViewOf(tieOut: TieOut): TieOutView {
  const { id, state, gateway, gatewayAccount, day, pageCount, requestedBy, requestedAt, finishedAt } = tieOut;
  const { lastError, attempts, nextAttemptAt } = tieOut;
  const differences = `/admin/v1/tie-out-differences?${new URLSearchParams({ gatewayAccount, day }).toString()}`;
  return {
    ...{ id, state, actions: [], links: { self: `/admin/v1/tie-outs/${id}`, differences } },
    ...{ gateway, gatewayAccount, day, pageCount, requestedBy, requestedAt, finishedAt },
    retry: lastError === null ? null : { attempts, at: nextAttemptAt, error: lastError },
  };
}
