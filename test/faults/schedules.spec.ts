import { execFile } from 'node:child_process';
import { built } from '../support/built';

const SEEDS = '1..200';
/** However large the machine is: each of them starts a PostgreSQL, and the other specs run beside them. */
const AT_ONCE = '2';
/** A schedule takes about a second of a core; on a machine that is busy with all else that may be many times as long. */
const LIMIT_MS = 2_700_000;

/** Runs the command as `npm run faults` does. */
function faults(...options: string[]): Promise<{ code: number | string | null; output: string }> {
  return new Promise((done) => {
    const limits = { timeout: LIMIT_MS, killSignal: 'SIGKILL' as const };
    execFile(process.execPath, [built('test/faults/main'), ...options], limits, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : (error.code ?? null), output: stdout + stderr }),
    );
  });
}

describe('random schedules of faults', () => {
  // In a process of its own, in which a fault nobody handles is the end, as it is of the service.
  it(
    `break no promise: seeds ${SEEDS}`,
    async () => {
      const { code, output } = await faults('--seeds', SEEDS, '--at-once', AT_ONCE);
      process.stdout.write(output);
      expect({ code, broken: output.split('\n').filter((line) => line.startsWith('✘')) }).toEqual({
        code: 0,
        broken: [],
      });
      expect(output).toContain('✔ 200 schedules, 0 failed');
    },
    LIMIT_MS + 5_000,
  );

  it('are told about, and refused where there are none', async () => {
    expect(await faults('--help')).toMatchObject({
      code: 0,
      output: expect.stringContaining('--seeds A..B') as unknown,
    });
    expect(await faults('--seeds', '9..1')).toMatchObject({
      code: 1,
      output: expect.stringContaining('--seeds takes a range') as unknown,
    });
    expect(await faults('--at-once', '0')).toMatchObject({
      code: 1,
      output: expect.stringContaining('--at-once takes a number') as unknown,
    });
  });
});
