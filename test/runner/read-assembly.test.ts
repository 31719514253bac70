// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes its placeholders so
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assembly } from '../../local/assembly/model';
import { readAssembly } from '../../local/assembly/read-assembly';
import { makeResolver } from '../../local/assembly/resolve-intrinsics';
import type { Stack, Template } from '../../local/assembly/template';

const surroundings = {
  account: '000000000000',
  region: 'us-east-1',
  queueUrl: (name: string) => `http://127.0.0.1:4566/000000000000/${name}`,
};

const stateful: Template = {
  Resources: {
    Dead1: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1209600 } },
    Work1: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: 180,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead1', 'Arn'] }, maxReceiveCount: 5 },
      },
    },
    DatabaseAuthSecret9: {
      Type: 'AWS::SecretsManager::Secret',
      Metadata: { 'aws:cdk:path': 'Stateful/Secrets/DatabaseAuth/Resource', 'tandem:keys': ['DATABASE_URL'] },
    },
  },
  Outputs: {
    WorkArn: { Value: { 'Fn::GetAtt': ['Work1', 'Arn'] }, Export: { Name: 'Stateful:WorkArn' } },
    WorkUrl: { Value: { Ref: 'Work1' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:WorkUrl' } } },
    SecretArn: { Value: { Ref: 'DatabaseAuthSecret9' } },
  },
};

const functionArn = { 'Fn::GetAtt': ['PaymentFn', 'Arn'] };
const invocation = {
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':apigateway:',
      { Ref: 'AWS::Region' },
      ':lambda:path/2015-03-31/functions/',
      functionArn,
      '/invocations',
    ],
  ],
};

const apiStack: Template = {
  Parameters: { LogLevel: { Type: 'String', Default: 'INFO' } },
  Conditions: { IsProduction: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] } },
  Resources: {
    PaymentFn: {
      Type: 'AWS::Lambda::Function',
      Metadata: { 'aws:cdk:path': 'Api/Payment/Function/Resource' },
      Properties: {
        Code: { S3Bucket: { 'Fn::Sub': 'cdk-assets-${AWS::AccountId}-${AWS::Region}' }, S3Key: 'abc123.zip' },
        Handler: 'index.handler',
        Timeout: 20,
        MemorySize: 512,
        Environment: {
          Variables: {
            SERVICE: 'payment',
            LOG_LEVEL: { Ref: 'LogLevel' },
            EVENT_QUEUE_URL: { 'Fn::ImportValue': 'Stateful:WorkUrl' },
            SECRET_ARNS: {
              'Fn::Join': [
                ',',
                [{ 'Fn::GetStackOutput': { StackName: 'Stateful', OutputName: 'SecretArn' } }],
              ],
            },
            TRACE: { 'Fn::If': ['IsProduction', 'on', 'off'] },
            FIRST: { 'Fn::Select': [1, { 'Fn::Split': ['-', 'a-b-c'] }] },
          },
        },
      },
    },
    Helper: { Type: 'AWS::Lambda::Function', Properties: { Code: { ZipFile: 'inline' } } },
    Rest: { Type: 'AWS::ApiGateway::RestApi', Properties: { BinaryMediaTypes: ['image/png'] } },
    Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { StageName: 'dev' } },
    ResApi: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { ParentId: { 'Fn::GetAtt': ['Rest', 'RootResourceId'] }, PathPart: 'api' },
    },
    ResProxy: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { ParentId: { Ref: 'ResApi' }, PathPart: '{proxy+}' },
    },
    MethodAny: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        HttpMethod: 'ANY',
        ResourceId: { Ref: 'ResProxy' },
        Integration: { Type: 'AWS_PROXY', Uri: invocation, TimeoutInMillis: 21000 },
      },
    },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::ImportValue': 'Stateful:WorkArn' },
        FunctionName: { Ref: 'PaymentFn' },
        BatchSize: 25,
        MaximumBatchingWindowInSeconds: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 4 },
      },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Metadata: { 'aws:cdk:path': 'Api/SweepSchedule/Resource' },
      Properties: {
        ScheduleExpression: 'rate(5 minutes)',
        State: 'ENABLED',
        Targets: [{ Arn: functionArn, Id: 'T', Input: '{"task":"open-payments"}' }],
      },
    },
    Denied: {
      Type: 'AWS::ApiGateway::GatewayResponse',
      Properties: {
        ResponseType: 'DEFAULT_4XX',
        ResponseParameters: { 'gatewayresponse.header.X-Frame-Options': "'DENY'" },
        ResponseTemplates: { 'application/problem+json': '{}' },
      },
    },
  },
};

/** Writes templates as `cdk synth` leaves them. */
function writeAssembly(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-assembly-'));
  const write = (name: string, content: unknown) =>
    writeFileSync(join(folder, name), JSON.stringify(content));
  const stack = (templateFile: string) => ({
    type: 'aws:cloudformation:stack',
    properties: { templateFile },
  });
  write('manifest.json', {
    artifacts: {
      Stateful: stack('Stateful.template.json'),
      Api: stack('Api.template.json'),
      Tree: { type: 'cdk:tree' },
    },
  });
  write('Stateful.template.json', stateful);
  write('Api.template.json', apiStack);
  write('Api.assets.json', { files: { abc123: { source: { path: 'asset.abc123', packaging: 'zip' } } } });
  return folder;
}

describe('assembly', () => {
  let folder: string;
  let assembly: Assembly;
  beforeAll(() => {
    folder = writeAssembly();
    assembly = readAssembly(folder, surroundings);
  });

  test('functions: code, limits and environment with everything resolved', () => {
    expect(assembly.functions).toEqual([
      {
        name: 'payment',
        logicalId: 'PaymentFn',
        arn: 'arn:aws:lambda:us-east-1:000000000000:function:PaymentFn',
        codeDir: join(folder, 'asset.abc123'),
        handler: 'index.handler',
        timeoutMs: 20_000,
        memoryMb: 512,
        reservedConcurrency: undefined,
        environment: {
          SERVICE: 'payment',
          LOG_LEVEL: 'INFO',
          EVENT_QUEUE_URL: 'http://127.0.0.1:4566/000000000000/Work1',
          SECRET_ARNS: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:DatabaseAuthSecret9-AbCdEf',
          TRACE: 'off',
          FIRST: 'b',
        },
      },
    ]);
  });

  test('API: routes by their full path, binary types, stage, gateway responses', () => {
    expect(assembly.api).toEqual({
      id: 'Rest',
      stage: 'dev',
      stageVariables: null,
      binaryMediaTypes: ['image/png'],
      routes: [
        {
          resourcePath: '/api/{proxy+}',
          resourceId: 'ResProxy',
          method: 'ANY',
          integration: {
            type: 'lambda',
            functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:PaymentFn',
            timeoutMs: 21_000,
          },
        },
      ],
      gatewayResponses: {
        DEFAULT_4XX: {
          statusCode: undefined,
          headers: { 'X-Frame-Options': 'DENY' },
          templates: { 'application/problem+json': '{}' },
        },
      },
    });
  });

  test('queues with the attributes of the API, and their mapping', () => {
    expect(assembly.queues.map(({ name, attributes }) => [name, attributes])).toEqual([
      ['Dead1', { MessageRetentionPeriod: '1209600' }],
      [
        'Work1',
        {
          VisibilityTimeout: '180',
          RedrivePolicy:
            '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:Dead1","maxReceiveCount":5}',
        },
      ],
    ]);
    expect(assembly.eventSources).toEqual([
      {
        queueArn: 'arn:aws:sqs:us-east-1:000000000000:Work1',
        functionArn: 'PaymentFn',
        batchSize: 25,
        batchingWindowSeconds: 1,
        maxConcurrency: 4,
        reportBatchItemFailures: true,
        enabled: true,
      },
    ]);
  });

  test('schedules and secrets by the ids of their constructs', () => {
    expect(assembly.schedules).toEqual([
      {
        name: 'SweepSchedule',
        expression: 'rate(5 minutes)',
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:PaymentFn',
        input: { task: 'open-payments' },
        enabled: true,
      },
    ]);
    expect(assembly.secrets).toEqual([
      {
        name: 'DatabaseAuth',
        arn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:DatabaseAuthSecret9-AbCdEf',
        keys: ['DATABASE_URL'],
      },
    ]);
  });
});

describe('intrinsic functions', () => {
  const stack = (template: Template): Stack => ({ name: 'S', template, folder: '', assetsFile: '' });
  const resolve = (value: unknown, template: Template = {}) => {
    const only = stack(template);
    return makeResolver([only], surroundings)(value, only);
  };

  test.each<[string, unknown, unknown]>([
    ['literal in Fn::Sub', { 'Fn::Sub': '${!Keep} ${AWS::Region}' }, '${Keep} us-east-1'],
    [
      'own variables in Fn::Sub',
      { 'Fn::Sub': ['${A}-${AWS::StackName}', { A: { Ref: 'AWS::AccountId' } }] },
      '000000000000-S',
    ],
    ['Fn::Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
    ['AWS::NoValue leaves the key out', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
    ['plain values', { a: [1, 'x', null, true] }, { a: [1, 'x', null, true] }],
  ])('%s', (_name, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  test('Fn::FindInMap and nested conditions', () => {
    const template: Template = {
      Mappings: { Sizes: { dev: { memory: 256 } } },
      Conditions: {
        A: { 'Fn::Not': [{ 'Fn::Equals': ['x', 'y'] }] },
        B: { 'Fn::And': [{ Condition: 'A' }, { 'Fn::Or': [{ 'Fn::Equals': [1, 2] }, { Condition: 'A' }] }] },
      },
    };

    expect(resolve({ 'Fn::FindInMap': ['Sizes', 'dev', 'memory'] }, template)).toBe(256);
    expect(resolve({ 'Fn::If': ['B', 'yes', 'no'] }, template)).toBe('yes');
  });

  test.each([
    [{ Ref: 'Nowhere' }, 'S: Ref to Nowhere'],
    [{ 'Fn::ImportValue': 'nobody' }, 'no stack exports nobody'],
    [{ 'Fn::Transform': {} }, 'Fn::Transform is not supported'],
  ])('%j fails with its reason', (value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });
});
