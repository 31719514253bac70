import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from '../../lib/function-catalogue';
import type { SecretName } from '../../lib/secret-catalogue';
import { stageConfig } from '../../lib/stage-config';
import {
  type FunctionProperties,
  functionsOf,
  MAIL_SENDER,
  resourcesOf,
  statementsOf,
  synthStage,
} from './synth-stage';

const { api, config } = synthStage('production');
const functions = functionsOf(api);

const propertiesOf = (name: string): FunctionProperties => {
  const properties = functions.get(name);
  if (!properties) throw new Error(`the template has no function ${name}`);
  return properties;
};
const roleOf = (name: string): string => propertiesOf(name).Role['Fn::GetAtt'][0];
const actionsOf = (name: string): string[] =>
  statementsOf(api, roleOf(name))
    .flatMap(({ Action }) => Action)
    .sort();

/** Which function may read which secrets. A new entry here is a decision, not a formality. */
const SECRETS_OF: Record<FunctionName, SecretName[]> = {
  auth: ['DatabaseAuth', 'SupabaseTokens', 'SupabaseKeys', 'AccountKeys'],
  mail: ['DatabaseAuth', 'SupabaseKeys', 'AccountKeys'],
  payment: ['DatabasePayment', 'SupabaseTokens', 'StripeApi', 'PayPalApi'],
  webhook: ['StripeWebhook', 'PayPalWebhook', 'ChangeWebhook'],
  reconcile: ['DatabaseReconcile', 'StripeApi', 'PayPalApi'],
  sweep: ['DatabaseReconcile', 'StripeApi', 'PayPalApi'],
  files: ['DatabaseFiles', 'SupabaseTokens', 'SupabaseAdmin'],
  inspect: ['DatabaseFiles', 'SupabaseAdmin'],
  changes: ['DatabaseNotification'],
  sweepChanges: ['DatabaseNotification'],
  outbox: ['DatabaseNotification'],
  health: ['DatabaseHealth', 'SupabaseKeys'],
};

/** Secrets that a text of the template names, by their export from the stateful stack. */
const secretsIn = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/ExportsOutputRefSecrets([A-Za-z]+?)[0-9A-F]{8}/g)].map(
    ([, name = '']) => name,
  );

test('there is one function for each entry of the catalogue', () => {
  expect([...functions.keys()].sort()).toEqual([...FUNCTION_NAMES].sort());
});

describe.each(FUNCTION_NAMES)('%s', (name) => {
  test('runs on Node 24 on arm64 with memory and timeout of its own', () => {
    expect(propertiesOf(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: config.memoryMb,
      Timeout: FUNCTIONS[name].timeoutSeconds,
    });
  });

  test('can read the secrets that it needs, and no others', () => {
    const readable = statementsOf(api, roleOf(name))
      .filter(({ Action }) => [Action].flat().some((action) => action.startsWith('secretsmanager:')))
      .flatMap(({ Resource }) => secretsIn(Resource));
    expect(readable.sort()).toEqual([...SECRETS_OF[name]].sort());
  });

  test('is told the names of its secrets and never a value', () => {
    const variables = propertiesOf(name).Environment.Variables;
    expect(secretsIn(variables.SECRET_ARNS).sort()).toEqual([...SECRETS_OF[name]].sort());
    const known = [
      'SERVICE',
      'STAGE',
      'PROVIDER_MODE',
      'SITE_URL',
      'TRACE',
      'SECRET_ARNS',
      'EVENT_QUEUE_URL',
      'CHANGE_QUEUE_URL',
      'MAIL_QUEUE_URL',
      'FILE_QUEUE_URL',
      'SIGN_IN_STEP_MS',
      'DEAD_LETTERS_URL',
      'CHANGE_DEAD_LETTERS_URL',
      'RATE_LIMIT_FACTOR',
      'REDIRECT_URLS',
      'MAIL_SENDER',
    ];
    expect(Object.keys(variables).filter((key) => !known.includes(key))).toEqual([]);
  });

  test('has a role that no other function has', () => {
    const others = FUNCTION_NAMES.filter((other) => other !== name).map(roleOf);
    expect(others).not.toContain(roleOf(name));
  });

  test('writes to a log group of its own that forgets after a while', () => {
    const group = propertiesOf(name).LoggingConfig.LogGroup.Ref;
    const groups = new Map(resourcesOf(api, 'AWS::Logs::LogGroup'));
    expect(groups.get(group)?.Properties).toMatchObject({ RetentionInDays: config.logRetentionDays });
  });
});

describe('permissions', () => {
  const common = ['logs:CreateLogStream', 'logs:PutLogEvents', 'secretsmanager:GetSecretValue'];

  test.each([
    ['auth', ['sqs:SendMessage']],
    ['mail', ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage']],
    [
      'payment',
      [
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
        'sqs:SendMessage',
        'sqs:StartMessageMoveTask',
      ],
    ],
    ['webhook', ['sqs:SendMessage']],
    ['reconcile', ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage']],
    ['sweep', ['sqs:SendMessage']], // of its failures
    ['files', ['sqs:SendMessage']],
    [
      'inspect',
      ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:SendMessage'], // the last of its failures
    ],
    ['changes', ['ses:SendEmail', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage']],
    ['sweepChanges', ['sqs:SendMessage']],
    ['outbox', ['ses:SendEmail', 'sqs:SendMessage']], // the last of its failures
    ['health', ['sqs:GetQueueAttributes']],
  ])('of %s go no further than its work', (name, own) => {
    expect(actionsOf(name)).toEqual([...common, ...own].sort());
  });

  test('to send mails are for the domain of the sender alone', () => {
    const [statement] = statementsOf(api, roleOf('outbox')).filter(({ Action }) =>
      [Action].flat().includes('ses:SendEmail'),
    );
    expect(JSON.stringify(statement?.Resource)).toMatch(/:ses:.*:identity\/shop\.test"/);
    expect(propertiesOf('outbox').Environment.Variables.MAIL_SENDER).toBe(MAIL_SENDER);
  });

  test('of functions come from no managed policy of AWS', () => {
    const roles = new Map(resourcesOf(api, 'AWS::IAM::Role'));
    for (const name of FUNCTION_NAMES) {
      expect(roles.get(roleOf(name))?.Properties?.ManagedPolicyArns).toBeUndefined();
    }
  });
});

test('functions behind the API end before the gateway gives up on them after 29 seconds', () => {
  for (const name of ['auth', 'payment', 'webhook', 'files', 'health'])
    expect(propertiesOf(name).Timeout).toBeLessThan(29);
});

test('whoever floods one function behind the API uses up the instances of that one alone', () => {
  for (const name of ['auth', 'payment', 'webhook', 'files', 'health'])
    expect([name, propertiesOf(name)]).toEqual([
      name,
      expect.objectContaining({ ReservedConcurrentExecutions: expect.any(Number) }),
    ]);
});

interface ScalingConfig {
  readonly MaximumConcurrency?: number;
}

describe('instances that are set aside', () => {
  /** What AWS gives an account, once it has asked for more than a new one's ten, and what of it cannot be set aside. */
  const [QUOTA, COMMON] = [1_000, 100];

  test('leave the common pool enough for queues and schedules, in an account with the usual quota', () => {
    const setAside = [...functions.values()].reduce(
      (sum, { ReservedConcurrentExecutions = 0 }) => sum + ReservedConcurrentExecutions,
      0,
    );
    const forQueues = resourcesOf(api, 'AWS::Lambda::EventSourceMapping').reduce(
      (sum, [, { Properties }]) => {
        const { MaximumConcurrency = Number.NaN } = (Properties?.ScalingConfig ?? {}) as ScalingConfig;
        return sum + MaximumConcurrency;
      },
      0,
    );
    expect(QUOTA - setAside).toBeGreaterThan(COMMON + forQueues);
  });

  test('are none in the stages of new accounts, which could not deploy', () => {
    for (const stage of ['dev', 'staging']) expect(stageConfig(stage).reservedConcurrency).toBeUndefined();
  });
});

test('the API is traced where the stage says so; functions are not, which would take a wildcard', () => {
  const isTraced = (template: typeof api) =>
    resourcesOf(template, 'AWS::ApiGateway::Stage').map(([, { Properties }]) => Properties?.TracingEnabled);
  expect(isTraced(api)).toEqual([true]);
  expect(isTraced(synthStage('dev').api)).toEqual([false]);
  for (const { TracingConfig } of functions.values()) expect(TracingConfig).toBeUndefined();
});

test('a variable cannot be given two values', () => {
  expect(() =>
    synthStage('dev', (_app, { api: stack }) => {
      const fn = stack.node.findChild('Auth') as unknown as {
        addEnvironment: (key: string, value: string) => void;
      };
      fn.addEnvironment('STAGE', 'other');
    }),
  ).toThrow('Auth has STAGE already');
});
