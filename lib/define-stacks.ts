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
  if (isPlaceholder(config.siteUrl)) {
    const advice = `${config.siteUrl} is a placeholder: give the real one by -c siteUrl= or in lib/stage-config.ts`;
    Annotations.of(api).addWarningV2('tandem:siteUrl', advice);
  }
  if (isPlaceholder(`https://${domainOfSender(config.mailSender)}`)) {
    const advice = `${config.mailSender} is a placeholder: give the real one by -c mailSender= or in lib/stage-config.ts`;
    Annotations.of(api).addWarningV2('tandem:mailSender', advice);
  }
  Tags.of(app).add('product', 'tandem');
  Tags.of(app).add('stage', config.name);
  return { stateful, api };
}
