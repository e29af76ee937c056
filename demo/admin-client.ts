import axios, { type AxiosInstance } from 'axios';

/** How many and how many won. */
export interface Tally {
  count: number;
  amount: number;
}

/** What the demo reads of a job. */
export interface JobAnswer {
  id: string;
  state: string;
  billingRunId: string | null;
  gatewayAccount: string;
  requested: Tally;
  requestFile: { bytes: number } | null;
  submission: { gatewayJobId: string | null } | null;
  result: {
    lines: number;
    linesLoaded: number;
    linesApplied: number;
    reconciledAt: string | null;
    settledAt: string | null;
    totals: Record<'paid' | 'declined' | 'missing' | 'quarantined', Tally> | null;
  } | null;
  failureReason: string | null;
  history: { at: string; toState: string; cause: string }[];
}

/** What came of an act: done, or refused because it does not fit the state things are in. */
export interface ActAnswer {
  done: boolean;
  /** The stable code of the refusal. */
  refused?: string;
  body: unknown;
}

/** The admin API as any program of the merchant's would use it: over HTTP, with a key. */
export class AdminClient {
  private readonly http: AxiosInstance;

  constructor(baseUrl: string, apiKey: string) {
    this.http = axios.create({ baseURL: `${baseUrl}/admin/v1`, headers: { Authorization: `Bearer ${apiKey}` } });
  }

  async read<Answer>(path: string): Promise<Answer> {
    return (await this.http.get<Answer>(path)).data;
  }

  /** @throws {Error} for every answer but a success and a conflict: what the service said */
  async act(method: string, path: string, body: object): Promise<ActAnswer> {
    const { status, data } = await this.http.request<{ code?: string }>({
      method,
      url: path,
      data: body,
      validateStatus: () => true,
    });
    const isAnswered = (status >= 200 && status < 300) || status === 409;
    if (!isAnswered) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(data)}`);
    return status === 409 ? { done: false, refused: data.code ?? '', body: data } : { done: true, body: data };
  }

  async job(id: string): Promise<JobAnswer> {
    return (await this.http.get<JobAnswer>(`/bulk-payment-jobs/${id}`)).data;
  }

  /** The newest jobs that are not settled and not failed. */
  async openJobs(): Promise<JobAnswer[]> {
    const { data } = await this.http.get<{ items: JobAnswer[] }>('/bulk-payment-jobs', { params: { limit: 100 } });
    return data.items.filter((job) => job.state !== 'Failed' && (job.result?.settledAt ?? null) === null);
  }

  async upload(file: string, batchReference: string): Promise<JobAnswer> {
    const headers = { 'Content-Type': 'text/plain' };
    const answer = await this.http.post<JobAnswer>('/bulk-payment-jobs', file, { headers, params: { batchReference } });
    return answer.data;
  }
}
