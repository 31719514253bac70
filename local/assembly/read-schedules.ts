import type { ScheduleModel } from './model';
import type { Resolve } from './resolve-intrinsics';
import { constructPath, resourcesOf, type Stack } from './template';

type Target = { Arn?: string; Input?: string };

/** Every EventBridge rule and Scheduler schedule that calls a Lambda function. */
export function readSchedules(stacks: Stack[], resolve: Resolve): ScheduleModel[] {
  return resourcesOf(stacks, 'AWS::Events::Rule', 'AWS::Scheduler::Schedule').flatMap((located) => {
    const properties = resolve(located.resource.Properties ?? {}, located.stack) as Record<string, unknown>;
    if (typeof properties.ScheduleExpression !== 'string') return [];
    const expression = properties.ScheduleExpression;
    const targets = (properties.Targets ?? [properties.Target]) as Target[];
    return targets
      .filter((target) => target.Arn?.startsWith('arn:aws:lambda:'))
      .map((target) => ({
        name: constructPath(located),
        expression,
        functionArn: String(target.Arn),
        input: target.Input === undefined ? undefined : (JSON.parse(target.Input) as unknown),
        enabled: properties.State !== 'DISABLED',
      }));
  });
}
