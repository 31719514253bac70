import type { ScheduleModel } from './model';
import type { Resolve } from './resolve-intrinsics';
import { constructPath, resourcesOf, type Stack } from './template';

type Target = { Arn?: string; Input?: string };

/**
 * Every EventBridge rule and Scheduler schedule.
 *
 * @throws Error for one that calls anything but a Lambda function
 */
export function readSchedules(stacks: Stack[], resolve: Resolve): ScheduleModel[] {
  return resourcesOf(stacks, 'AWS::Events::Rule', 'AWS::Scheduler::Schedule').flatMap((located) => {
    const properties = resolve(located.resource.Properties ?? {}, located.stack) as Record<string, unknown>;
    if (typeof properties.ScheduleExpression !== 'string') return [];
    const expression = properties.ScheduleExpression;
    const targets = (properties.Targets ?? [properties.Target]) as Target[];
    return targets.map((target) => {
      if (!target.Arn?.startsWith('arn:aws:lambda:'))
        throw new Error(`${constructPath(located)} calls ${target.Arn}: schedules call functions alone here`);
      return {
        name: constructPath(located),
        expression,
        functionArn: target.Arn,
        input: target.Input === undefined ? undefined : (JSON.parse(target.Input) as unknown),
        enabled: properties.State !== 'DISABLED',
      };
    });
  });
}
