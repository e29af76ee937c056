import { nextLook } from './next-look';

const SINCE = new Date('2027-01-05T00:00:00Z');
const after = (hours: number): Date => new Date(SINCE.getTime() + hours * 3_600_000);

describe('the next look at a payment', () => {
  it('comes at growing intervals, and a last time at the end', () => {
    const looks: number[] = [];
    for (let at: Date | null = SINCE; (at = nextLook(SINCE, 14, at)) !== null;) {
      looks.push((at.getTime() - SINCE.getTime()) / 3_600_000);
    }
    expect(looks).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 336]);
  });

  it('is not several, where looks were missed', () => {
    expect(nextLook(SINCE, 14, after(20))).toEqual(after(32));
  });

  it('is none once its days are over, and where there are none', () => {
    expect(nextLook(SINCE, 14, after(400))).toBeNull();
    expect(nextLook(SINCE, 0)).toBeNull();
  });
});
