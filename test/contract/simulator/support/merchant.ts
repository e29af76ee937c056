import { request, type IncomingHttpHeaders } from 'node:http';
import { readCompletely, type StrictAnswer } from './strict-reader';

export interface Answer {
  /** Null when the connection ended without an answer. */
  status: number | null;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** False when the body was cut. */
  complete: boolean;
}

export interface Row {
  mid?: string;
  billingToken?: string;
  productId?: string;
  product?: string;
  orderNo: string;
  amount?: number;
  carrier?: number;
  card?: number;
  membership?: number;
}

export const HEADER_LINE =
  'mid,billingToken,productId,nmProduct,noBranchOrder,amtReqPurchase,amtCarrier,amtCreditCard,amtRms';

export const CREDENTIALS = 'demo-client:demo-secret+/=';

export function rowText(row: Row): string {
  const amount = row.amount ?? 1000;
  const card = row.card ?? 0;
  const membership = row.membership ?? 0;
  return [
    row.mid ?? 'skpcorp',
    row.billingToken ?? 'A'.repeat(64),
    row.productId ?? '0910024116',
    row.product ?? '동영상 클라우드 어린이TV',
    row.orderNo,
    amount,
    row.carrier ?? amount - card - membership,
    card,
    membership,
  ].join(',');
}

/** A request file as the samples are: header first, LF, no newline at the end. */
export function payFile(rows: readonly Row[]): string {
  return [HEADER_LINE, ...rows.map(rowText)].join('\n');
}

export function orders(count: number, prefix = 'tx_'): Row[] {
  return Array.from({ length: count }, (_, index) => ({ orderNo: `${prefix}${index + 1}` }));
}

export function send(
  method: string,
  url: string,
  headers: Record<string, string> = {},
  body: string | Buffer = '',
): Promise<Answer> {
  return new Promise((resolve) => {
    const cut: Answer = { status: null, headers: {}, body: Buffer.alloc(0), complete: false };
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      const settle = (): void =>
        resolve({
          status: response.statusCode ?? null,
          headers: response.headers,
          body: Buffer.concat(chunks),
          complete: response.complete,
        });
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => undefined);
      response.on('close', settle);
    });
    sent.on('error', () => resolve(cut));
    sent.end(body);
  });
}

/** The calls of the protocol, plainly made. */
export class Merchant {
  private accessToken = '';

  constructor(
    private readonly baseUrl: string,
    private readonly notiUrl = '',
  ) {}

  async signIn(credentials = CREDENTIALS): Promise<string> {
    const answer = await this.requestToken(credentials);
    this.accessToken = String(readCompletely('token', answer.body).accessToken);
    return this.accessToken;
  }

  requestToken(credentials = CREDENTIALS): Promise<Answer> {
    const headers = {
      Authorization: `BASIC ${Buffer.from(credentials).toString('base64')}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    };
    return send('POST', `${this.baseUrl}/oauth/service/accessToken`, headers, 'grant_type=client_credentials');
  }

  submitFile(file: string | Buffer, count: number, headers: Record<string, string> = {}): Promise<Answer> {
    return send(
      'POST',
      `${this.baseUrl}/v1/payment/fileJob`,
      {
        ...this.bearer(),
        verBulkPay: '1',
        bid: 'skplanet',
        notiUrl: this.notiUrl,
        cntTotalTrans: String(count),
        priority: 'Instant',
        'Content-Type': 'text/plain; charset=ISO-8859-1',
        'Transfer-Encoding': 'chunked',
        ...headers,
      },
      file,
    );
  }

  submit(rows: readonly Row[]): Promise<Answer> {
    return this.submitFile(payFile(rows), rows.length);
  }

  async submitted(rows: readonly Row[]): Promise<string> {
    return String(readCompletely('submit', (await this.submit(rows)).body).jobId);
  }

  result(jobId: string): Promise<Answer> {
    return send('GET', `${this.baseUrl}/v1/payment/job/${jobId}`, this.bearer());
  }

  lookup(tid: string): Promise<Answer> {
    return send('GET', `${this.baseUrl}/v1/payment/transaction/${tid}`, this.bearer());
  }

  refund(body: object): Promise<Answer> {
    return send('POST', `${this.baseUrl}/v1/payment/refund`, this.json(), JSON.stringify(body));
  }

  refundShort(tid: string, amount: number): Promise<Answer> {
    return this.refund({
      payer: null,
      refundTransactionRequest: { refundTid: null, tid, fullRefund: false, amount, note: null, paymentMethods: null },
      links: null,
    });
  }

  /** Verifies a notification as it came: its five members, null where it lacked one. */
  verify(notification: StrictAnswer, changes: StrictAnswer = {}): Promise<Answer> {
    const members = ['notifyVersion', 'event', 'status', 'jobId', 'updateTime'];
    const body = {
      ...Object.fromEntries(members.map((member) => [member, notification[member] ?? null])),
      listenerType: 'bigcharging_notify_verification',
      ...changes,
    };
    return send('POST', `${this.baseUrl}/openapi/v1/payment/notification/verify`, this.json(), JSON.stringify(body));
  }

  bearer(): Record<string, string> {
    return { Authorization: `Bearer ${this.accessToken}` };
  }

  private json(): Record<string, string> {
    return { ...this.bearer(), 'Content-Type': 'application/json; charset=UTF-8' };
  }
}

/** Data lines of a result file, each as its columns. */
export function resultLines(body: Buffer | string): string[][] {
  return body
    .toString()
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split(','));
}

export function resultCodeOf(answer: Answer): unknown {
  return (JSON.parse(answer.body.toString('utf8')) as StrictAnswer).resultCode;
}
