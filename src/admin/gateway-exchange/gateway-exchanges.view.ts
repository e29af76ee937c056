import { ApiProperty } from '@nestjs/swagger';
import { EXCHANGE_OPERATIONS, EXCHANGE_OUTCOMES, GATEWAY_NAMES } from '../../gateways';
import type { ExchangeOperation, ExchangeOutcome, ExchangeWire, GatewayExchange, GatewayName } from '../../gateways';
import { FirstColumns } from '../lists';

class ExchangeLinksView {
  @ApiProperty({ description: 'Request and answer, secrets masked; each look at them is audited' }) wire!: string;
}

@FirstColumns('startedAt', 'orderNo', 'operation', 'outcome', 'httpStatus', 'resultCode')
export class GatewayExchangeView {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: GATEWAY_NAMES }) gateway!: GatewayName;
  @ApiProperty({ description: 'The gateway account it was made by' }) gatewayAccount!: string;
  @ApiProperty({ enum: EXCHANGE_OPERATIONS, description: 'What was asked for' }) operation!: ExchangeOperation;
  @ApiProperty({ type: String, nullable: true, description: 'Of the payment' }) orderNo!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The gateway’s id of the payment, where it was known before',
  })
  transactionId!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'SHA-256 of its key: two sendings of one call have the same',
  })
  idempotencyKeyHash!: string | null;
  @ApiProperty() startedAt!: Date;
  @ApiProperty({ type: Date, nullable: true, description: 'null: nobody has come back with an answer' })
  endedAt!: Date | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'HTTP status; null: no answer came' })
  httpStatus!: number | null;
  @ApiProperty({ type: String, enum: EXCHANGE_OUTCOMES, nullable: true, description: 'What the answer was taken for' })
  outcome!: ExchangeOutcome | null;
  @ApiProperty({ type: String, nullable: true, description: 'The gateway’s code, or why there is no answer' })
  resultCode!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'By which the gateway’s own people find it' })
  traceId!: string | null;
  @ApiProperty({ type: ExchangeLinksView, description: 'Where its evidence is' }) links!: ExchangeLinksView;
}

class RequestWireView {
  @ApiProperty({ example: 'POST' }) method!: string;
  @ApiProperty({ description: 'Below the gateway’s address, with its query' }) path!: string;
  @ApiProperty({ description: 'As it was sent, secrets masked' }) body!: string;
}

class AnswerWireView {
  @ApiProperty({ description: 'As it came, secrets masked' }) body!: string;
}

export class GatewayExchangeWireView extends GatewayExchangeView {
  @ApiProperty({ type: RequestWireView, description: 'What was sent' }) request!: RequestWireView;
  @ApiProperty({ type: AnswerWireView, nullable: true, description: 'null: nothing came back, or nobody recorded it' })
  answer!: AnswerWireView | null;
}

export function exchangeViewOf(exchange: GatewayExchange): GatewayExchangeView {
  const { id, gateway, gatewayAccount, operation, orderNo, transactionId, idempotencyKeyHash } = exchange;
  const { startedAt, endedAt, httpStatus, outcome, resultCode, traceId } = exchange;
  return {
    ...{ id, gateway, gatewayAccount, operation, orderNo, transactionId },
    idempotencyKeyHash: idempotencyKeyHash?.toString('hex') ?? null,
    ...{ startedAt, endedAt, httpStatus, outcome, resultCode, traceId },
    links: { wire: wireLinkOf(exchange) },
  };
}

export function wireViewOf(exchange: GatewayExchange, { request, answer }: ExchangeWire): GatewayExchangeWireView {
  return { ...exchangeViewOf(exchange), request, answer };
}

export function wireLinkOf({ id }: Pick<GatewayExchange, 'id'>): string {
  return `/admin/v1/gateway-exchanges/${id}/wire`;
}

/** Where the calls about an order are listed. */
export function exchangesLinkOf(orderNo: string, operation?: ExchangeOperation): string {
  const query = new URLSearchParams({ orderNo, ...(operation && { operation }) });
  return `/admin/v1/gateway-exchanges?${query.toString()}`;
}
