/** What a member may be: a scalar, an object with exactly known members, or a list of one kind. */
type Shape = 'string' | 'int' | { [member: string]: Shape } | [Shape];

const RESULT = { resultCode: 'string', resultMsg: 'string' } as const;
const METHODS: Shape = [{ paymentMethod: 'string', amount: 'int' }];

/** docs/protocol/tstore.md, section 3, written down a second time on purpose: the simulator is tested against it. */
const SHAPES = {
  token: { accessToken: 'string', expired: 'string', tokenType: 'string', scope: 'string' },
  submit: { ...RESULT, waitingJobs: 'int', jobId: 'string' },
  transaction: {
    ...RESULT,
    payer: { authKey: 'string' },
    paymentTransactionInfo: {
      status: 'string',
      reason: 'string',
      message: 'string',
      lastestUpdate: 'string',
      tid: 'string',
      amount: 'int',
      description: 'string',
      goods: [{ appId: 'string', productId: 'string' }],
      paymentMethods: METHODS,
    },
  },
  refund: {
    ...RESULT,
    refundTransactionResponse: { refundTid: 'string', tid: 'string', amount: 'int', paymentMethods: METHODS },
  },
  verify: { ...RESULT },
  result: { ...RESULT },
} as const satisfies Record<string, Shape>;

export type AnswerKind = keyof typeof SHAPES;

export type StrictAnswer = Record<string, unknown>;

/**
 * Reads an answer as the official client's parser does: a member it doesn't know, at any depth, is an error; a missing
 * or null one is not.
 */
export function readStrictly(kind: AnswerKind, body: Buffer | string): StrictAnswer {
  const parsed: unknown = JSON.parse(body.toString());
  check(parsed, SHAPES[kind], kind);
  return parsed as StrictAnswer;
}

/** Every documented member is there, not only no others. */
export function readCompletely(kind: AnswerKind, body: Buffer | string): StrictAnswer {
  const answer = readStrictly(kind, body);
  requireAll(answer, SHAPES[kind], kind);
  return answer;
}

function check(value: unknown, shape: Shape, place: string): void {
  if (value === null) return;
  if (shape === 'string' || shape === 'int') {
    const fits = shape === 'string' ? typeof value === 'string' : Number.isSafeInteger(value);
    if (!fits) throw new Error(`${place} is no ${shape}: ${JSON.stringify(value)}`);
  } else if (Array.isArray(shape)) {
    if (!Array.isArray(value)) throw new Error(`${place} is no list`);
    value.forEach((item, index) => check(item, shape[0], `${place}[${index}]`));
  } else {
    if (typeof value !== 'object' || Array.isArray(value)) throw new Error(`${place} is no object`);
    for (const [member, inner] of Object.entries(value)) {
      const innerShape = Object.hasOwn(shape, member) ? shape[member] : undefined;
      if (innerShape === undefined) throw new Error(`unrecognised member ${place}.${member}`);
      check(inner, innerShape, `${place}.${member}`);
    }
  }
}

function requireAll(value: unknown, shape: Shape, place: string): void {
  if (typeof shape === 'string') return;
  if (Array.isArray(shape)) {
    (value as unknown[]).forEach((item, index) => requireAll(item, shape[0], `${place}[${index}]`));
    return;
  }
  for (const [member, inner] of Object.entries(shape)) {
    const found = (value as Record<string, unknown>)[member];
    if (found === undefined || found === null) throw new Error(`${place}.${member} is missing`);
    requireAll(found, inner, `${place}.${member}`);
  }
}
