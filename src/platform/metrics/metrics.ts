import { Injectable } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const SECOND_MS = 1_000;
const WRITTEN_IN_A_SECOND = 5;

let processFigures: Registry | undefined;

/**
 * Begins to measure the process itself, unless that has begun. Whoever is the process does so, and else whoever asks for
 * figures first: the library never ends what measures the event loop and the collections of garbage, so that of a service
 * that was only one of many in a process something would stay.
 */
export function measureProcess(): Registry {
  if (processFigures === undefined) {
    processFigures = new Registry();
    collectDefaultMetrics({ register: processFigures });
  }
  return processFigures;
}

interface MetricSettings<Label extends string> {
  /** In Prometheus' manner: `notification_received_total`, with the unit last. */
  name: string;
  help: string;
  labelNames?: readonly Label[];
}

/** The figures of a service and of its process. Each metric is registered once, by whoever counts. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private written: Promise<string> | undefined;
  private isWriting = false;
  private secondSince = 0;
  private writtenInSecond = 0;

  counter<Label extends string>(settings: MetricSettings<Label>): Counter<Label> {
    return new Counter({ ...settings, labelNames: settings.labelNames ?? [], registers: [this.registry] });
  }

  /** @param settings.collect when given, asked for the value at every scrape */
  gauge<Label extends string>(
    settings: MetricSettings<Label> & { collect?: () => number | Promise<number> },
  ): Gauge<Label> {
    const { collect, ...rest } = settings;
    return new Gauge({
      ...rest,
      labelNames: settings.labelNames ?? [],
      registers: [this.registry],
      ...(collect && {
        async collect() {
          this.set(await collect());
        },
      }),
    });
  }

  /** A gauge of one label. @param collect asked at every scrape for all values of the label, each with its figure */
  gaugeBy(
    label: string,
    settings: Pick<MetricSettings<string>, 'name' | 'help'>,
    collect: () => Promise<readonly (readonly [string, number])[]>,
  ): void {
    new Gauge({
      ...settings,
      labelNames: [label],
      registers: [this.registry],
      async collect() {
        const figures = await collect();
        this.reset();
        for (const [value, figure] of figures) this.set({ [label]: value }, figure);
      },
    });
  }

  /** @param settings.buckets upper bounds; seconds for durations */
  histogram<Label extends string>(settings: MetricSettings<Label> & { buckets: number[] }): Histogram<Label> {
    return new Histogram({ ...settings, labelNames: settings.labelNames ?? [], registers: [this.registry] });
  }

  /**
   * All metrics in Prometheus' text format. Who asks while they are being written gets those; and who asks more often in a
   * second than any scraper does, the last ones of that second.
   */
  exposition(): Promise<string> {
    const now = performance.now();
    if (now - this.secondSince >= SECOND_MS) {
      this.secondSince = now;
      this.writtenInSecond = 0;
    }
    if (this.isWriting || (this.written !== undefined && this.writtenInSecond >= WRITTEN_IN_A_SECOND)) {
      return this.written as Promise<string>;
    }
    this.isWriting = true;
    this.writtenInSecond += 1;
    const all = Registry.merge([measureProcess(), this.registry]);
    this.written = all.metrics().finally(() => (this.isWriting = false));
    return this.written;
  }
}
