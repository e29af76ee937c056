import type { SimulatorClock } from '../../shared/clock';
import { withQuery } from '../../shared/http/with-query';
import { KakaoPayRefusal } from '../error-codes';
import type { Keys } from '../keys';
import { isUnderWay, type PageRequest, type Payment, type WaitingStatus } from '../payments/payment';
import type { PaymentLife } from '../payments/payment-life';
import type { Settings } from '../settings';
import { meansOf, paidBesideOf, type Choice } from './choice';

export const PAGES_PATH = '/mockup/v1';

/** What the customer's page ends with: where the browser is led. */
export interface Outcome {
  kind: 'approval' | 'cancel' | 'fail';
  /** Of the approval, with `pg_token` behind the query that the merchant gave. */
  redirectUrl: string;
}

/** A customer's way through the page of one payment. */
export interface Visit {
  readonly path: string;
  readonly payment: Payment;
  readonly page: PageRequest;
  outcome: Outcome | null;
  /** How often a browser was led back. */
  returns: number;
}

/** What customers do in the pages that ready handed out. */
export class CustomerSteps {
  private readonly visits = new Map<string, Visit>();
  private readonly byPayment = new Map<Payment, Visit>();

  constructor(
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
    private readonly settings: Settings,
    private readonly life: PaymentLife,
  ) {}

  begin(payment: Payment, page: PageRequest): Visit {
    const id = this.keys.pageId();
    const visit: Visit = { path: `${PAGES_PATH}/${id}`, payment, page, outcome: null, returns: 0 };
    this.visits.set(id, visit);
    this.byPayment.set(payment, visit);
    return visit;
  }

  find(pageId: string): Visit | undefined {
    return this.visits.get(pageId);
  }

  of(payment: Payment): Visit | undefined {
    return this.byPayment.get(payment);
  }

  /** The page is seen, in whichever browser. */
  open({ payment }: Visit): void {
    if (payment.status === 'READY') this.life.wait(payment, 'OPEN_PAYMENT');
  }

  /** The customer gets so far, and nothing more ever comes. */
  wait(visit: Visit, status: WaitingStatus): void {
    this.requireOpen(visit);
    this.life.wait(visit.payment, status);
  }

  /** The customer consents with what was chosen; no money moves before the approval. */
  pay(visit: Visit, choice: Choice): Outcome {
    return this.once(visit, () => {
      const { payment, page } = visit;
      const means = meansOf(choice, page);
      const beside = paidBesideOf(choice, payment.amounts);
      if (means.kind === 'CARD' && means.card.failsInPage) return this.failed(visit);
      const pgToken = this.life.authenticate(payment, means, beside);
      return { kind: 'approval', redirectUrl: withQuery(page.approvalUrl, { pg_token: pgToken }) };
    });
  }

  leave(visit: Visit): Outcome {
    return this.once(visit, () => {
      this.life.quit(visit.payment);
      return { kind: 'cancel', redirectUrl: visit.page.cancelUrl };
    });
  }

  /** The authentication fails. */
  fail(visit: Visit): Outcome {
    return this.once(visit, () => this.failed(visit));
  }

  /** A browser is led back, the same one again or another: the address is the same each time. */
  leadBack(visit: Visit): Outcome {
    if (visit.outcome === null) throw new KakaoPayRefusal(-701);
    visit.returns += 1;
    return visit.outcome;
  }

  private failed({ payment, page }: Visit): Outcome {
    this.life.failAuthentication(payment);
    return { kind: 'fail', redirectUrl: page.failUrl };
  }

  /** The back button ends where the first press ended. */
  private once(visit: Visit, act: () => Outcome): Outcome {
    if (visit.outcome === null) {
      this.requireOpen(visit);
      visit.outcome = act();
    }
    return visit.outcome;
  }

  private requireOpen({ payment }: Visit): void {
    if (this.clock.now() - payment.createdAt >= this.settings.tidLifeMs) throw new KakaoPayRefusal(-723);
    const maintenance = this.settings.maintenanceCode();
    if (maintenance !== null) throw new KakaoPayRefusal(maintenance);
    if (!isUnderWay(payment)) throw new KakaoPayRefusal(-783);
  }
}
