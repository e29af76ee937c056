import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { GATEWAY_NAMES, type GatewayName } from '../../gateways';
import { statesOf } from '../../kernel/transitions';
import { DIFFERENCE_KINDS, DIFFERENCE_MOVEMENTS, DIFFERENCE_TRANSITIONS } from '../../tie-out';
import type { DifferenceKind, DifferenceMovement, DifferenceState, TieOutDifference } from '../../tie-out';
import { StateChangeView } from '../frame/history.view';
import { FirstColumns } from '../lists';

const ROOT = '/admin/v1';

class DifferenceLinksView {
  @ApiProperty({ description: 'With the history of its states' }) self!: string;
  @ApiPropertyOptional({ description: 'The charge under its order number, if there is one' }) charge?: string;
  @ApiPropertyOptional({ description: 'All that is known of the payment' }) inquiry?: string;
  @ApiPropertyOptional({ description: 'Of a refund that only the gateway knows: what its lookup has shown' })
  outsideRefunds?: string;
}

/** One side of it. */
class DifferenceSideView {
  @ApiProperty({ type: 'integer', nullable: true, description: 'Won' }) amount!: number | null;
  @ApiProperty({ type: String, nullable: true }) state!: string | null;
}

class DifferenceDecisionView {
  @ApiProperty() at!: Date;
  @ApiProperty({ type: String, nullable: true }) by!: string | null;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
}

@FirstColumns('day', 'gatewayAccount', 'kind', 'movement', 'orderNo', 'ours.amount', 'theirs.amount', 'state')
export class TieOutDifferenceView {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: statesOf(DIFFERENCE_TRANSITIONS) }) state!: DifferenceState;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: DifferenceLinksView, description: 'Where its evidence is' }) links!: DifferenceLinksView;
  @ApiProperty({ enum: DIFFERENCE_KINDS }) kind!: DifferenceKind;
  @ApiProperty({ enum: DIFFERENCE_MOVEMENTS, description: 'Which way the money went' }) movement!: DifferenceMovement;
  @ApiProperty({ enum: GATEWAY_NAMES }) gateway!: GatewayName;
  @ApiProperty({ description: 'The gateway account' }) gatewayAccount!: string;
  @ApiProperty({ format: 'date', description: 'Seoul day' }) day!: string;
  @ApiProperty({ type: String, nullable: true }) orderNo!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The gateway’s id of the payment' })
  transactionId!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The gateway’s id of what happened' })
  actId!: string | null;
  @ApiProperty({ type: DifferenceSideView, description: 'By our record' }) ours!: DifferenceSideView;
  @ApiProperty({ type: DifferenceSideView, description: 'By the gateway’s list, in its words' })
  theirs!: DifferenceSideView;
  @ApiProperty() foundAt!: Date;
  @ApiProperty({ type: DifferenceDecisionView, nullable: true, description: 'What a person said it is' })
  decision!: DifferenceDecisionView | null;
}

export class TieOutDifferenceDetailView extends TieOutDifferenceView {
  @ApiProperty({ type: [StateChangeView], description: 'Changes of its state, oldest first' })
  history!: StateChangeView[];
}

export function differenceViewOf(difference: TieOutDifference): TieOutDifferenceView {
  const { id, state, kind, movement, gateway, gatewayAccount, day, orderNo, transactionId, actId } = difference;
  const { foundAt, decidedAt, decidedBy, decisionReason } = difference;
  return {
    ...{ id, state, actions: Object.keys(DIFFERENCE_TRANSITIONS[state]).filter((event) => event === 'explain') },
    links: linksOf(difference),
    ...{ kind, movement, gateway, gatewayAccount, day, orderNo, transactionId, actId },
    ours: { amount: difference.ourAmount, state: difference.ourState },
    theirs: { amount: difference.theirAmount, state: difference.theirState },
    foundAt,
    decision: decidedAt && { at: decidedAt, by: decidedBy, reason: decisionReason },
  };
}

function linksOf({ id, orderNo, kind, movement, lookedUpAt }: TieOutDifference): DifferenceLinksView {
  const order = orderNo === null ? undefined : encodeURIComponent(orderNo);
  return {
    self: `${ROOT}/tie-out-differences/${id}`,
    ...(order !== undefined && { charge: `${ROOT}/charges/${order}`, inquiry: `${ROOT}/inquiry?orderNo=${order}` }),
    ...(kind === 'only-theirs' &&
      movement === 'refund' &&
      lookedUpAt !== null && {
        outsideRefunds: `${ROOT}/outside-refunds?state=Suspected`,
      }),
  };
}
