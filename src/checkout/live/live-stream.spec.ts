import type { ServerResponse } from 'node:http';
import type { OrderStep } from '../../order';
import { won } from '../../kernel/won';
import { LiveStream } from './live-stream';
import { Places } from './places';

const BEAT_MS = 15_000;
const ENDS_AT_MS = 1_800_000;

/** What a stream writes to, and how much of that waits because nobody reads it. */
class Answer {
  written = '';
  writableLength = 0;
  isEnded = false;
  isDestroyed = false;

  write(text: string): void {
    this.written += text;
  }

  end(): void {
    this.isEnded = true;
  }

  destroy(): void {
    this.isDestroyed = true;
  }
}

function opened(): { answer: Answer; stream: LiveStream } {
  const answer = new Answer();
  return { answer, stream: new LiveStream(answer as never as ServerResponse, BEAT_MS, 0, ENDS_AT_MS) };
}

function step(state: OrderStep['order']['state'], isEnd = false): OrderStep {
  const order = { reference: 'shop-1', name: '공책\n', amount: won(3_000), expiresAt: new Date(0) };
  const failure = { failureCode: null, failureMessage: null };
  return {
    position: { steps: 2, deposited: false },
    order: { ...order, state, ...failure },
    deposit: undefined,
    isEnd,
  };
}

describe('a live stream', () => {
  it('tells a step as one event, whatever is in it, and ends with the order', () => {
    const { answer, stream } = opened();
    stream.tell(step('Ready'));
    expect(answer.written).toMatch(/^id: 2\nevent: order\ndata: \{"reference":"shop-1".*\}\n\n$/);
    expect(answer.isEnded).toBe(false);
    stream.tell(step('Paid', true));
    expect([answer.isEnded, answer.isDestroyed, stream.endedBy]).toEqual([true, false, 'over']);
    const { written } = answer;
    stream.tell(step('Paid', true));
    expect(answer.written).toBe(written);
  });

  it('says that it is there once a heartbeat, and no sooner', () => {
    const { answer, stream } = opened();
    stream.beat(BEAT_MS - 1);
    expect(answer.written).toBe('');
    for (const now of [BEAT_MS, BEAT_MS + 1, 2 * BEAT_MS]) stream.beat(now);
    expect(answer.written).toBe(':\n\n:\n\n');
  });

  it('is given up when what was written is not taken in for a whole heartbeat, and goes on when it is', () => {
    const { answer, stream } = opened();
    answer.writableLength = 300;
    stream.beat(BEAT_MS);
    answer.writableLength = 0;
    stream.beat(2 * BEAT_MS);
    answer.writableLength = 300;
    stream.beat(3 * BEAT_MS);
    expect([answer.written, answer.isDestroyed]).toEqual([':\n\n', false]);
    stream.beat(4 * BEAT_MS);
    expect([answer.isDestroyed, stream.endedBy]).toEqual([true, 'unread']);
  });

  it('is given up at once when much is not taken in', () => {
    const { answer, stream } = opened();
    answer.writableLength = 64 * 1024;
    stream.tell(step('Ready'));
    expect(answer.isDestroyed).toBe(false);
    answer.writableLength += 1;
    stream.tell(step('Confirming'));
    expect([answer.isDestroyed, stream.endedBy]).toEqual([true, 'unread']);
  });

  it('ends in order when it is old, for the browser to come back', () => {
    const { answer, stream } = opened();
    stream.beat(ENDS_AT_MS - 1);
    expect(answer.isEnded).toBe(false);
    stream.beat(ENDS_AT_MS);
    expect([answer.isEnded, answer.isDestroyed, stream.endedBy]).toEqual([true, false, 'age']);
  });

  it('tells why it has ended first, when it is dropped after that', () => {
    const { answer, stream } = opened();
    stream.end('shutdown');
    stream.drop();
    expect([answer.isEnded, answer.isDestroyed, stream.endedBy]).toEqual([true, true, 'shutdown']);
  });
});

describe('places', () => {
  it('are taken up to the most of each, and again once they are left', () => {
    const places = new Places(2);
    expect(['a', 'a', 'a', 'b'].map((of) => places.take(of))).toEqual([true, true, false, true]);
    places.leave('a');
    expect([places.take('a'), places.take('a')]).toEqual([true, false]);
  });

  it('have no end where the most is 0', () => {
    const places = new Places(0);
    expect(Array.from({ length: 1_000 }, () => places.take('a'))).not.toContain(false);
  });
});
