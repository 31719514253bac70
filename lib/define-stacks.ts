import { Annotations, type App, Tags } from 'aws-cdk-lib';
import { ApiStack } from './api-stack';
import type { FunctionCode } from './function-code';
import { domainOfSender, isPlaceholder, type StageConfig } from './stage-config';
import { StatefulStack } from './stateful-stack';

export type Stacks = { readonly stateful: StatefulStack; readonly api: ApiStack };

/** The stacks of one stage. Account and region are those of whoever deploys. */
export function defineStacks(app: App, config: StageConfig, code: FunctionCode): Stacks {
  const stateful = new StatefulStack(app, `Tandem-${config.name}-Stateful`, {
    config,
    description: `Tandem ${config.name}: queue, secrets, alarm topic`,
  });
  const api = new ApiStack(app, `Tandem-${config.name}-Api`, {
    config,
    code,
    stateful,
    description: `Tandem ${config.name}: API, functions, schedules, alarms`,
  });
  // Errors, because a deployment that forgets them would put the placeholders in the place of what was deployed before.
  if (isPlaceholder(config.siteUrl)) {
    const advice = `${config.siteUrl} is a placeholder: give the real one by -c siteUrl= or in lib/stage-config.ts`;
    Annotations.of(api).addError(advice);
  }
  if (isPlaceholder(`https://${domainOfSender(config.mailSender)}`)) {
    const advice = `${config.mailSender} is a placeholder: give the real one by -c mailSender= or in lib/stage-config.ts`;
    Annotations.of(api).addError(advice);
  }
  if (config.keepsData && config.alarmEmail === undefined) {
    const advice =
      'nobody gets the alarms by mail, also who got them before: -c alarmEmail=, or subscribe to the topic';
    Annotations.of(stateful).addWarningV2('tandem:alarmEmail', advice);
  }
  Tags.of(app).add('product', 'tandem');
  Tags.of(app).add('stage', config.name);
  return { stateful, api };
}
