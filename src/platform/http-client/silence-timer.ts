/**
 * Tells when nothing has come for so long. A process that was held up itself, by a busy machine or a pause of its own, has
 * time-outs that are over and answers it has not read yet: what came in meanwhile is looked at first.
 */
export class SilenceTimer {
  private readonly timer: NodeJS.Timeout;
  private lastLook: NodeJS.Immediate | undefined;

  /** Network time: a silent server must be noticed whatever the injected clock says. */
  constructor(ms: number, onSilence: () => void) {
    // Node runs timers, then reads sockets, then calls immediates.
    this.timer = setTimeout(() => (this.lastLook = setImmediate(onSilence)), ms);
  }

  /** A sign of life: the time begins anew. */
  refresh(): void {
    clearImmediate(this.lastLook);
    this.timer.refresh();
  }

  clear(): void {
    clearImmediate(this.lastLook);
    clearTimeout(this.timer);
  }
}
