import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import type { Stacks } from './define-stacks';
import { FUNCTION_NAMES } from './function-catalogue';
import type { StageConfig } from './stage-config';

type Acknowledgement = {
  /** Rule, with the finding in brackets where a rule has several. */
  readonly id: string;
  readonly reason: string;
  readonly stack: keyof Stacks;
  /** Constructs below the stack that it is for. */
  readonly paths: readonly string[];
  /** Stages that it is for; unset = all. */
  readonly when?: (config: StageConfig) => boolean;
};

const functionIds = FUNCTION_NAMES.map((name) => name.charAt(0).toUpperCase() + name.slice(1));

/** Every finding of the rule packs that stands, and why. A test fails when one is missing and when one is too many. */
export const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [
  {
    id: 'AwsSolutions-SMG4',
    reason:
      'Stripe, PayPal and Supabase issue these values; AWS cannot make new ones. docs/rotation.md says how to change each.',
    stack: 'stateful',
    paths: ['Secrets'],
  },
  {
    id: 'Serverless-SQSRedrivePolicy',
    reason: 'It is where the dead letters go.',
    stack: 'stateful',
    paths: [
      'ProviderEvents/DeadLetters',
      'AccountMails/DeadLetters',
      'DatabaseChanges/DeadLetters',
      'FileInspections/DeadLetters',
    ],
  },
  {
    id: 'Serverless-SQSRedrivePolicy',
    reason: 'It is where the failures go.',
    stack: 'api',
    paths: [
      'SweepUnhandledChanges/Failures',
      'SweepOpenPayments/Failures',
      'SendOutbox/Failures',
      'SweepFiles/Failures',
    ],
  },
  {
    id: 'Serverless-SNSRedrivePolicy',
    reason:
      'Nobody would be told of a queue of alarms that could not be mailed: its alarm would be mailed too.',
    stack: 'stateful',
    paths: ['Alarms'],
    when: ({ alarmEmail }) => alarmEmail !== undefined,
  },
  {
    id: 'AwsSolutions-SQS3',
    reason: 'It is the dead-letter queue of a schedule and of the function that the schedule calls.',
    stack: 'api',
    paths: [
      'SweepUnhandledChanges/Failures',
      'SweepOpenPayments/Failures',
      'SendOutbox/Failures',
      'SweepFiles/Failures',
    ],
  },
  {
    id: 'Serverless-LambdaEventSourceMappingDestination',
    reason: 'Lambda has no such destination for SQS; the queue itself has a dead-letter queue.',
    stack: 'api',
    paths: ['Changes/Queue', 'Reconcile/Queue', 'Mail/Queue', 'Inspect/Queue'],
  },
  {
    id: 'Serverless-LambdaDLQ',
    reason:
      'The API calls wait for their answer, reconciler, mail and changes have their queues, sweeps an on-failure destination.',
    stack: 'api',
    paths: functionIds,
  },
  {
    id: 'AwsSolutions-APIG2',
    reason: 'Each function validates its requests by its contract, which also makes the OpenAPI document.',
    stack: 'api',
    paths: ['Api/Rest'],
  },
  {
    id: 'AwsSolutions-APIG4',
    reason:
      'Functions check identity by the contract of the route: no trick with the path leads around an authorizer.',
    stack: 'api',
    paths: ['Api/Rest/Default'],
  },
  {
    id: 'AwsSolutions-COG4',
    reason: 'Users are in Supabase Auth, not in Cognito.',
    stack: 'api',
    paths: ['Api/Rest/Default'],
  },
  {
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    reason:
      'API Gateway writes logs of all APIs of an account through one role, for which it asks for this policy.',
    stack: 'api',
    paths: ['Api/Rest/CloudWatchRole'],
  },
  {
    id: 'Serverless-LambdaTracing',
    reason: 'X-Ray takes traces only from roles that may write to all of it; no role here has a wildcard.',
    stack: 'api',
    paths: functionIds,
  },
  {
    id: 'Serverless-APIGWXrayEnabled',
    reason: 'This stage is not traced: logs tell enough where one person works.',
    stack: 'api',
    paths: ['Api/Rest'],
    when: ({ tracing }) => !tracing,
  },
];

/** Checks the stacks at synthesis against the AWS Solutions and Serverless packs; a finding that does not stand fails it. */
export function checkBestPractices(app: App, stacks: Stacks, config: StageConfig): void {
  addRulePacks(app);
  for (const { id, reason, stack, paths, when } of ACKNOWLEDGEMENTS) {
    if (when && !when(config)) continue;
    for (const path of paths) Validations.of(find(stacks[stack], path)).acknowledge({ id, reason });
  }
}

/** Only the rules, without what is acknowledged. */
export function addRulePacks(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}

/** @throws Error when there is no such construct, so that no acknowledgement outlives what it is for */
function find(stack: IConstruct, path: string): IConstruct {
  return path.split('/').reduce<IConstruct>((at, id) => at.node.findChild(id), stack);
}
