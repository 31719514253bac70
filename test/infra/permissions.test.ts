import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from '../../lib/function-catalogue';
import { SECRETS } from '../../lib/secret-catalogue';
import { STAGE_NAMES, type StageName } from '../../lib/stage-config';
import { functionBundle } from '../support/function-bundle';
import { type PolicyStatement, resourcesOf, type Synthesized, synthStage } from './synth-stage';
import { actionsInCode, actionsOfConnections, grantedActions } from './used-actions';

const stages = Object.fromEntries(STAGE_NAMES.map((stage) => [stage, synthStage(stage)])) as Record<
  StageName,
  Synthesized
>;
const { api, stateful } = stages.production;

const without = (actions: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] =>
  [...actions].filter((action) => !others.has(action)).sort();

describe.each(FUNCTION_NAMES)('the role of %s', (name) => {
  const granted = grantedActions(api, name);
  const used = new Set([...actionsInCode(name), ...actionsOfConnections(api, name)]);

  test('allows nothing that is not used', () => {
    expect(without(granted, used)).toEqual([]);
  });

  test('allows everything that is used', () => {
    expect(without(used, granted)).toEqual([]);
  });
});

test('what is used is read from the code: each function reads its secrets, and each does some work of its own', () => {
  for (const name of FUNCTION_NAMES)
    expect([...actionsInCode(name)]).toContain('secretsmanager:GetSecretValue');
  expect(actionsInCode('webhook')).toContain('sqs:SendMessage');
  expect(actionsInCode('health')).toContain('sqs:GetQueueAttributes');
  expect(actionsInCode('payment')).toContain('sqs:StartMessageMoveTask');
  expect(actionsInCode('auth')).toContain('sqs:SendMessage');
  expect(actionsInCode('outbox')).toContain('ses:SendEmail');
  expect(actionsInCode('mail')).not.toContain('sqs:SendMessage');
});

/** Values that a function could read and does not, and why that is no harm. */
const UNREAD: Partial<Record<FunctionName, Readonly<Record<string, string>>>> = {
  health: { SUPABASE_PUBLISHABLE_KEY: 'every browser has it' },
};

test.each(FUNCTION_NAMES)('%s reads every value of the secrets that it may read', (name) => {
  const { text } = functionBundle(name);
  const values = new Set<string>(FUNCTIONS[name].secrets.flatMap((secret) => SECRETS[secret].keys));
  const unread = [...values].filter((value) => !text.includes(value));
  expect(unread.sort()).toEqual(Object.keys(UNREAD[name] ?? {}).sort());
});

type Document = { readonly Statement: readonly (PolicyStatement & { readonly Condition?: unknown })[] };

const documentsOf = (stage: StageName): readonly (readonly [string, Document])[] =>
  [stages[stage].api, stages[stage].stateful].flatMap((template) =>
    resourcesOf(template).flatMap(([id, { Properties = {} }]) =>
      [Properties.PolicyDocument, Properties.AssumeRolePolicyDocument]
        .filter((document) => document !== undefined)
        .map((document) => [id, document as Document] as const),
    ),
  );

describe.each(STAGE_NAMES)('in %s', (stage) => {
  const allowed = documentsOf(stage).flatMap(([id, { Statement }]) =>
    Statement.filter(({ Effect }) => Effect === 'Allow').map((statement) => ({ id, ...statement })),
  );

  test('nothing is allowed by a wildcard: neither an action nor a resource', () => {
    expect(allowed.length).toBeGreaterThan(FUNCTION_NAMES.length);
    const wild = allowed.filter(({ Action, Resource }) =>
      JSON.stringify([Action, Resource ?? '']).includes('*'),
    );
    expect(wild).toEqual([]);
  });

  test('nothing is allowed to everybody', () => {
    expect(JSON.stringify(allowed)).not.toMatch(/"Principal":("\*"|\{"AWS":"\*"\})/);
  });

  test('every role but the one of API Gateway’s logs has policies of ours alone', () => {
    const managed = resourcesOf(stages[stage].api, 'AWS::IAM::Role').filter(
      ([, { Properties }]) => Properties?.ManagedPolicyArns !== undefined,
    );
    expect(managed.map(([id]) => id)).toEqual([expect.stringMatching(/^ApiRestCloudWatchRole/)]);
  });
});

test('a service may call a function only for what is named: this API, this rule', () => {
  const permissions = resourcesOf(api, 'AWS::Lambda::Permission');
  expect(permissions.length).toBeGreaterThan(0);
  for (const [id, { Properties }] of permissions) {
    expect([id, Properties?.Action]).toEqual([id, 'lambda:InvokeFunction']);
    expect([id, JSON.stringify(Properties?.SourceArn ?? '')]).toEqual([
      id,
      expect.stringMatching(/ApiRest|Sweep.*Rule|SendOutboxRule/),
    ]);
  }
  expect(resourcesOf(stateful, 'AWS::Lambda::Permission')).toEqual([]);
});
