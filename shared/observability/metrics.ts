import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** Counts things for CloudWatch, by lines in its embedded metric format: no call, no latency. */
export interface Counters {
  /** Adds one, or `by`; what was counted goes out with `flush`. */
  readonly count: (name: string, by?: number) => void;
  readonly flush: () => void;
}

/** Counters in the namespace `Tandem` with the dimensions `service` and `stage`: stages may share an account. */
export const makeCounters = (service: string, stage: string): Counters => {
  const metrics = new Metrics({ namespace: 'Tandem', serviceName: service, defaultDimensions: { stage } });
  let counts = new Map<string, number>();
  return {
    count: (name, by = 1) => {
      counts.set(name, (counts.get(name) ?? 0) + by);
    },
    flush: () => {
      if (counts.size === 0) return;
      for (const [name, value] of counts) metrics.addMetric(name, MetricUnit.Count, value);
      counts = new Map();
      metrics.publishStoredMetrics();
    },
  };
};
