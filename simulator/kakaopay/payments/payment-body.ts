import type { Members } from '../../shared/http/members';
import { seoulLocal } from '../../shared/seoul-time';
import type { Generation } from '../http/generations';
import { amountsBody } from './amounts';
import { canceledOf, leftOf, type Cancel, type Payment } from './payment';

/** `2026-11-28T16:26:24`: Seoul, without an offset. */
export function timeOf(atMs: number): string {
  return seoulLocal(atMs).slice(0, 19);
}

/** The answer of approve and of subscription, with the members of the recorded ones. */
export function approvalBody(payment: Payment, generation: Generation, payload: string | null): Members {
  return {
    aid: payment.aid,
    tid: payment.tid,
    cid: payment.contract.cid,
    ...(payment.sid === null ? {} : { sid: payment.sid }),
    partner_order_id: payment.orderId,
    partner_user_id: payment.userId,
    payment_method_type: payment.means?.kind,
    ...itemOf(payment),
    amount: amountsBody(payment.amounts),
    ...cardInfoOf(payment, generation),
    created_at: timeOf(payment.createdAt),
    ...approvedAtOf(payment),
    ...(payload === null ? {} : { payload }),
  };
}

/** The answer of order: before the approval most members are missing. */
export function orderBody(payment: Payment): Members {
  const { tid, contract, status, orderId, userId, createdAt } = payment;
  const who = { tid, cid: contract.cid, status, partner_order_id: orderId, partner_user_id: userId };
  if (payment.approvedAt === null) return { ...who, created_at: timeOf(createdAt) };
  return {
    ...who,
    payment_method_type: payment.means?.kind,
    ...itemOf(payment),
    amount: amountsBody(payment.amounts),
    canceled_amount: amountsBody(canceledOf(payment)),
    cancel_available_amount: amountsBody(leftOf(payment)),
    created_at: timeOf(createdAt),
    ...approvedAtOf(payment),
    ...canceledAtOf(payment),
    ...selectedCardOf(payment),
    payment_action_details: [paidRow(payment), ...payment.cancels.map((cancel) => cancelRow(payment, cancel))],
  };
}

/** The answer of cancel. */
export function cancelBody(payment: Payment, cancel: Cancel, payload: string | null): Members {
  return {
    tid: payment.tid,
    cid: payment.contract.cid,
    status: payment.status,
    partner_order_id: payment.orderId,
    partner_user_id: payment.userId,
    payment_method_type: payment.means?.kind,
    ...itemOf(payment),
    aid: cancel.aid,
    ...(payload === null ? {} : { payload }),
    amount: amountsBody(payment.amounts),
    canceled_amount: amountsBody(canceledOf(payment)),
    cancel_available_amount: amountsBody(leftOf(payment)),
    approved_cancel_amount: amountsBody(cancel.amounts),
    created_at: timeOf(payment.createdAt),
    ...approvedAtOf(payment),
    ...canceledAtOf(payment),
  };
}

function itemOf({ itemName, itemCode, quantity }: Payment): Members {
  return { item_name: itemName, ...(itemCode === null ? {} : { item_code: itemCode }), quantity };
}

function approvedAtOf({ approvedAt }: Payment): Members {
  return approvedAt === null ? {} : { approved_at: timeOf(approvedAt) };
}

function canceledAtOf({ cancels }: Payment): Members {
  const last = cancels.at(-1);
  return last ? { canceled_at: timeOf(last.at) } : {};
}

function cardInfoOf({ means, page }: Payment, generation: Generation): Members {
  if (means?.kind !== 'CARD') return {};
  const { card, installMonths } = means;
  const legacy = {
    purchase_corp: card.legacyCorp,
    purchase_corp_code: card.legacyCorpCode,
    issuer_corp: card.legacyCorp,
    issuer_corp_code: card.legacyCorpCode,
  };
  const info = {
    interest_free_install: 'N',
    bin: card.number.slice(0, 6),
    card_type: card.cardType,
    card_mid: '221803189',
    approved_id: '38260804',
    install_month: twoDigits(installMonths),
    installment_type: page?.sharesInstallment === true ? 'SHARE_INSTALLMENT' : 'CARD_INSTALLMENT',
    ...(card.itemCode === null ? {} : { card_item_code: card.itemCode }),
    kakaopay_purchase_corp: card.purchaseCorp,
    kakaopay_purchase_corp_code: card.purchaseCorpCode,
    kakaopay_issuer_corp: card.issuerCorp,
    kakaopay_issuer_corp_code: card.issuerCorpCode,
  };
  return { card_info: generation === 'legacy' ? { ...legacy, ...info } : info };
}

function selectedCardOf({ means }: Payment): Members {
  if (means?.kind !== 'CARD') return {};
  return {
    selected_card_info: {
      card_bin: means.card.number.slice(0, 6),
      install_month: means.installMonths,
      card_corp_name: means.card.issuerCorp,
      interest_free_install: 'N',
    },
  };
}

function paidRow(payment: Payment): Members {
  const { amounts, aid, means, status, approvedAt } = payment;
  return {
    aid,
    payment_action_type: status === 'ISSUED_SID' ? 'ISSUED_SID' : 'PAYMENT',
    payment_method_type: means?.kind,
    amount: amounts.total,
    point_amount: amounts.point,
    discount_amount: amounts.discount,
    approved_at: timeOf(approvedAt ?? payment.createdAt),
    green_deposit: amounts.greenDeposit,
  };
}

function cancelRow({ means }: Payment, { aid, amounts, at }: Cancel): Members {
  return {
    aid,
    payment_action_type: 'CANCEL',
    payment_method_type: means?.kind,
    amount: amounts.total,
    point_amount: amounts.point,
    discount_amount: amounts.discount,
    approved_at: timeOf(at),
    green_deposit: amounts.greenDeposit,
  };
}

function twoDigits(months: number): string {
  return String(months).padStart(2, '0');
}
