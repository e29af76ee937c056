import { progressOf } from './stage-progress';

describe('progressOf', () => {
  const startedAt = new Date('2026-11-20T00:00:00Z');
  const job = { stage: 'settle', stageStartedAt: startedAt, stageDone: null, stageDoneAt: null, lineCount: 1_000 };
  const after = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000);

  it('says nothing of a job in no stage', () => {
    expect(progressOf({ ...job, stage: null, stageStartedAt: null })).toBeUndefined();
  });

  it('knows no rate before anything was done', () => {
    expect(progressOf(job)).toEqual({
      stage: 'settle',
      startedAt,
      done: 0,
      total: 1_000,
      ratePerSecond: null,
      remainingSeconds: null,
    });
  });

  it('tells rate and remaining time from what is done', () => {
    expect(progressOf({ ...job, stageDone: 250, stageDoneAt: after(10) })).toMatchObject({
      done: 250,
      ratePerSecond: 25,
      remainingSeconds: 30,
    });
  });

  it('has nothing left at the end, and never less', () => {
    expect(progressOf({ ...job, stageDone: 1_000, stageDoneAt: after(3) })).toMatchObject({ remainingSeconds: 0 });
    expect(progressOf({ ...job, stageDone: 1_001, stageDoneAt: after(3) })).toMatchObject({ remainingSeconds: 0 });
  });
});
