/** An alarm of a template, with the metric that it watches. */
export interface Alarm {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Statistic: 'Sum' | 'Maximum';
  readonly Period: number;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Threshold: number;
  readonly ComparisonOperator: 'GreaterThanThreshold' | 'LessThanThreshold';
  readonly EvaluationPeriods: number;
  readonly TreatMissingData: 'breaching' | 'notBreaching';
  readonly AlarmActions: readonly unknown[];
  /** What stands for each period of which nothing was reported; undefined = nothing does. */
  readonly filledWith?: number;
}

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: Partial<Alarm>; readonly Period: number; readonly Stat: string };
}

/**
 * The properties of an alarm, by whichever of two ways it names its metric: as its own, or in an expression that fills gaps.
 *
 * @throws Error for any other expression: nothing is known of it here
 */
export const readAlarm = (properties: Readonly<Record<string, unknown>> | undefined): Alarm => {
  const alarm = { Dimensions: [], ...properties } as unknown as Alarm & {
    readonly Metrics?: readonly Query[];
  };
  if (alarm.Metrics === undefined) return alarm;
  const [expression, ...inputs] = alarm.Metrics;
  const [, id, value] = /^FILL\((\w+), (\d+)\)$/.exec(expression?.Expression ?? '') ?? [];
  const stat = inputs.find(({ Id }) => Id === id)?.MetricStat;
  if (stat === undefined) throw new Error(`an alarm on ${expression?.Expression}`);
  return {
    ...alarm,
    ...stat.Metric,
    Period: stat.Period,
    Statistic: stat.Stat as Alarm['Statistic'],
    filledWith: Number(value),
  };
};
