import type { Template as CdkTemplate } from 'aws-cdk-lib/assertions';
import { refuseUnknown } from '../../local/assembly/refuse-unknown';
import type { Template } from '../../local/assembly/template';
import { MAIL_SENDER, SITE_URL, synthStage } from './synth-stage';

const refuse = (...templates: Template[]) =>
  refuseUnknown(templates.map((template) => ({ name: 'S', template, folder: '', assetsFile: '' })));
const asRead = (template: CdkTemplate): Template => template.toJSON() as Template;

test('the local runner knows everything that is deployed where it does not run', () => {
  const given = { siteUrl: SITE_URL, mailSender: MAIL_SENDER, alarmEmail: 'me@shop.test' };
  const { stateful, api } = synthStage('production', () => {}, given);
  expect(() => refuse(asRead(stateful), asRead(api))).not.toThrow();
});

const mapping = (properties: Record<string, unknown>): Template => ({
  Resources: { Map: { Type: 'AWS::Lambda::EventSourceMapping', Properties: properties } },
});

test.each<[string, Template, string]>([
  ['a resource', { Resources: { Cache: { Type: 'AWS::DynamoDB::Table' } } }, 'Cache (AWS::DynamoDB::Table)'],
  [
    'a filter of messages',
    mapping({ FilterCriteria: { Filters: [] } }),
    'Map (AWS::Lambda::EventSourceMapping): FilterCriteria',
  ],
  [
    'part of a property',
    mapping({ ScalingConfig: { MaximumConcurrency: 2, Other: 1 } }),
    'ScalingConfig.Other',
  ],
  [
    'an authorizer',
    { Resources: { Get: { Type: 'AWS::ApiGateway::Method', Properties: { AuthorizationType: 'AWS_IAM' } } } },
    'Get (AWS::ApiGateway::Method): AuthorizationType "AWS_IAM"',
  ],
  [
    'what a schedule makes of its event',
    {
      Resources: {
        Rule: { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Arn: 'a' }, { InputPath: '$.x' }] } },
      },
    },
    'Rule (AWS::Events::Rule): Targets.InputPath',
  ],
])('%s that it does not know is not left out without a word', (_what, template, said) => {
  expect(() => refuse(template)).toThrow(said);
});
