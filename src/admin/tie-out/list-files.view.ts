import { ApiProperty } from '@nestjs/swagger';
import { GATEWAY_NAMES, type GatewayName } from '../../gateways';
import { LIST_ENCODINGS, type ListEncoding, type ListFile } from '../../tie-out';
import { FirstColumns } from '../lists';

class ListFileLinksView {
  @ApiProperty() self!: string;
  @ApiProperty({ description: 'Days of the account, which are compared anew where the file tells of them' })
  tieOuts!: string;
}

class ListFileColumnView {
  @ApiProperty({ example: 'transactionId', description: 'What it was read as' }) field!: string;
  @ApiProperty({ example: '거래번호', description: 'As it stands in the file' }) heading!: string;
}

@FirstColumns('importedAt', 'gatewayAccount', 'fromDay', 'toDay', 'paymentCount', 'refundCount')
export class ListFileView {
  @ApiProperty() id!: string;
  @ApiProperty({ type: [String], description: 'What may be done with it: nothing, it stays' }) actions!: string[];
  @ApiProperty({ type: ListFileLinksView, description: 'Where it is, and what follows from it' })
  links!: ListFileLinksView;
  @ApiProperty({ enum: GATEWAY_NAMES }) gateway!: GatewayName;
  @ApiProperty({ description: 'The gateway account' }) gatewayAccount!: string;
  @ApiProperty({ type: 'integer', description: 'Rows of payments' }) paymentCount!: number;
  @ApiProperty({ type: 'integer', description: 'Rows of money given back' }) refundCount!: number;
  @ApiProperty({ type: 'integer', description: 'Rows in which no money moved, and totals' }) ignoredCount!: number;
  @ApiProperty({ type: String, format: 'date', nullable: true, description: 'Seoul day of its first row' })
  fromDay!: string | null;
  @ApiProperty({ type: String, format: 'date', nullable: true, description: 'Seoul day of its last row' })
  toDay!: string | null;
  @ApiProperty({ type: [ListFileColumnView], description: 'Which of its columns was read as what' })
  columns!: ListFileColumnView[];
  @ApiProperty({ enum: LIST_ENCODINGS, description: 'How its text was encoded; euc-kr is read as CP949' })
  encoding!: ListEncoding;
  @ApiProperty({ description: 'Who brought it' }) importedBy!: string;
  @ApiProperty({ description: 'When it was stored' }) importedAt!: Date;
}

export function listFileViewOf(file: ListFile): ListFileView {
  const { id, gateway, gatewayAccount, paymentCount, refundCount, ignoredCount, fromDay, toDay } = file;
  const { columns, encoding, importedBy, importedAt } = file;
  const tieOuts = `/admin/v1/tie-outs?${new URLSearchParams({ gatewayAccount }).toString()}`;
  return {
    ...{ id, actions: [], links: { self: `/admin/v1/list-files/${id}`, tieOuts } },
    ...{ gateway, gatewayAccount, paymentCount, refundCount, ignoredCount, fromDay, toDay },
    columns: Object.entries(columns).map(([field, heading]) => ({ field, heading })),
    ...{ encoding, importedBy, importedAt },
  };
}
