import type { Template } from 'aws-cdk-lib/assertions';
import type { FunctionName } from '../../lib/function-catalogue';
import { functionBundle } from '../support/function-bundle';
import { functionsOf, resourcesOf, statementsOf } from './synth-stage';

/** Sends of a batch are allowed by the action for one (SQS developer guide, "Amazon SQS API permissions"). */
const ACTION_OF: Readonly<Record<string, string>> = { 'sqs:SendMessageBatch': 'sqs:SendMessage' };

/** Actions that the code of a function calls: every target that its bundle names, as IAM names it. */
export const actionsInCode = (name: FunctionName): Set<string> => {
  const targets = functionBundle(name).text.matchAll(
    /["'`](AmazonSQS|secretsmanager|ses)\.([A-Z][A-Za-z]+)["'`]/g,
  );
  return new Set(
    [...targets].map(([, service, operation]) => {
      const action = `${service === 'AmazonSQS' ? 'sqs' : service}:${operation}`;
      return ACTION_OF[action] ?? action;
    }),
  );
};

/**
 * Actions that AWS takes with the function's role, because of what the template connects to it:
 * - its log group: lines are written under the role (Lambda developer guide, "Sending function logs");
 * - an event source mapping of a queue polls it (same, "Execution role permissions" of Amazon SQS);
 * - an on-failure destination is sent to (same, "Retaining records of asynchronous invocations");
 * - a redrive that the code starts moves the messages (SQS developer guide, "Configure queue permissions").
 */
export const actionsOfConnections = (template: Template, name: FunctionName): Set<string> => {
  const id = resourcesOf(template, 'AWS::Lambda::Function').find(
    ([, { Properties }]) => (Properties as FunctionNamed).Environment.Variables.SERVICE === name,
  )?.[0];
  const connects = (type: string, has: (properties: string) => boolean): boolean =>
    resourcesOf(template, type).some(([, { Properties }]) => {
      const isOfFunction = JSON.stringify(Properties?.FunctionName) === JSON.stringify({ Ref: id });
      return isOfFunction && has(JSON.stringify(Properties));
    });
  const actions = new Set<string>();
  const add = (...more: string[]): void => {
    for (const action of more) actions.add(action);
  };

  if (functionsOf(template).get(name)?.LoggingConfig) add('logs:CreateLogStream', 'logs:PutLogEvents');
  if (connects('AWS::Lambda::EventSourceMapping', (text) => text.includes('Queue'))) {
    add('sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes');
  }
  if (connects('AWS::Lambda::EventInvokeConfig', (text) => text.includes('"OnFailure"')))
    add('sqs:SendMessage');
  if (actionsInCode(name).has('sqs:StartMessageMoveTask')) {
    add('sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:SendMessage');
  }
  return actions;
};

type FunctionNamed = { readonly Environment: { readonly Variables: { readonly SERVICE?: unknown } } };

/** Actions that the function's role is allowed. */
export const grantedActions = (template: Template, name: FunctionName): Set<string> => {
  const role = functionsOf(template).get(name)?.Role['Fn::GetAtt'][0];
  if (role === undefined) throw new Error(`the template has no function ${name}`);
  return new Set(statementsOf(template, role).flatMap(({ Action }) => Action));
};
