import { Injectable } from '@nestjs/common';
import type { ListField, ListedTransaction } from '../collection';
import type { ReadsListFiles } from '../ports';

const of = (kind: ListedTransaction['kind'], words: string): [string, ListedTransaction['kind']][] =>
  words.split(' ').map((word) => [word, kind]);

/** Words of what happened: its API's own, and those its partner admin is taken to have. */
const KINDS = new Map([
  ...of('payment', 'PAYMENT SUCCESS_PAYMENT 결제 승인 결제완료 결제승인 승인완료'),
  ...of(
    'refund',
    'CANCEL CANCEL_PAYMENT PART_CANCEL_PAYMENT 취소 결제취소 승인취소 전체취소 부분취소 취소완료 부분취소완료 환불',
  ),
  ...of('other', 'ISSUED_SID QUIT_PAYMENT FAIL_PAYMENT 결제실패 실패 결제대기 대기 결제중단 중단 정기결제등록'),
]);

/**
 * A list downloaded from KakaoPay's partner admin. Its headings are unconfirmed (docs/protocol/kakaopay.md, section 6): these are the
 * names of the API's members and the Korean ones that are likely, and whoever imports a file may say others.
 */
@Injectable()
export class KakaopayListFiles implements ReadsListFiles {
  readonly headings: Readonly<Record<ListField, readonly string[]>> = {
    transactionId: ['tid', '거래고유번호', '결제고유번호', '거래번호', '결제번호'],
    orderNo: ['partner_order_id', '가맹점주문번호', '주문번호'],
    amount: ['amount', '거래금액', '결제금액', '금액'],
    at: ['approved_at', '거래일시', '승인일시', '결제일시', '거래일'],
    kind: ['payment_action_type', '거래구분', '거래유형', '결제구분', '구분', '거래상태', '결제상태', '상태'],
    actId: ['aid', '요청고유번호'],
    fee: ['수수료', '가맹점수수료', '결제수수료'],
    feeVat: ['수수료부가세', '부가세(수수료)'],
    payOut: ['정산금액', '정산예정금액', '지급금액', '지급예정금액'],
    paidOutOn: ['정산일', '정산예정일', '지급일', '지급예정일'],
  };

  kindOf(word: string): ListedTransaction['kind'] | undefined {
    return KINDS.get(word.replaceAll(/\s+/g, '').toUpperCase());
  }
}
