import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

interface MetricSettings<Label extends string> {
  /** In Prometheus' manner: `notification_received_total`, with the unit last. */
  name: string;
  help: string;
  labelNames?: readonly Label[];
}

/** The figures of this process. Each metric is registered once, by whoever counts. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

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

  /** All metrics in Prometheus' text format. */
  exposition(): Promise<string> {
    return this.registry.metrics();
  }
}
