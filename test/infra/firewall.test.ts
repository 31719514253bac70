import { WEBHOOK_PATH, WEBHOOK_TOO_LONG } from '../../lib/constructs/web-firewall';
import { webhookContract } from '../../services/webhook/contract';
import { type FirewallRule, rulesFor } from './judge-request';
import { resourcesOf, synthStage } from './synth-stage';

const { api, config } = synthStage('production');

type Acl = {
  readonly Rules: FirewallRule[];
  readonly DefaultAction: unknown;
  readonly DataProtectionConfig: {
    readonly DataProtections: { Action: string; Field: { FieldType: string; FieldKeys?: string[] } }[];
  };
};

const [aclId, aclResource] = resourcesOf(api, 'AWS::WAFv2::WebACL')[0] ?? [];
const acl = aclResource?.Properties as Acl;
const ruleNamed = (name: string): string => JSON.stringify(acl.Rules.find(({ Name }) => Name === name));

const isWebhook = (path: string): boolean => new RegExp(WEBHOOK_PATH).test(path);

test('the firewall stands before the stage of the API', () => {
  const [, association] = resourcesOf(api, 'AWS::WAFv2::WebACLAssociation')[0] ?? [];
  expect(JSON.stringify(association?.Properties?.ResourceArn)).toMatch(/\/restapis\/.*\/stages\//);
  expect(association?.Properties?.WebACLArn).toEqual({ 'Fn::GetAtt': [aclId, 'Arn'] });
  const [stageId] = resourcesOf(api, 'AWS::ApiGateway::Stage')[0] ?? [];
  expect(JSON.stringify(association?.Properties?.ResourceArn)).toContain(`"Ref":"${stageId}"`);
});

test('its rules stand in this order, each with a place of its own, and what none of them stops goes through', () => {
  expect(acl.Rules.map(({ Name, Priority }) => [Priority, Name])).toEqual([
    [0, 'Rate'],
    [1, 'WebhookRate'],
    [2, 'BodySize'],
    [3, 'WebhookSize'],
    [4, 'AWSManagedRulesKnownBadInputsRuleSet'],
    [5, 'AWSManagedRulesCommonRuleSet'],
  ]);
  expect(acl.DefaultAction).toEqual({ Allow: {} });
});

test('rules of our own block; those of AWS do what AWS says, but for the one size that ours takes the place of', () => {
  for (const { Name, Statement, Action, OverrideAction } of acl.Rules) {
    const group = Statement.ManagedRuleGroupStatement;
    expect([Name, Action]).toEqual([Name, group ? undefined : { Block: {} }]);
    expect([Name, OverrideAction]).toEqual([Name, group ? { None: {} } : undefined]);
    if (!group) continue;
    expect(group).toMatchObject({ VendorName: 'AWS', Name });
    expect([Name, group.RuleActionOverrides]).toEqual([
      Name,
      Name === 'AWSManagedRulesCommonRuleSet'
        ? [{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }]
        : [],
    ]);
  }
});

test('rates are counted for each address, over five minutes', () => {
  for (const { Statement } of acl.Rules.slice(0, 2)) {
    expect(Statement.RateBasedStatement).toMatchObject({ AggregateKeyType: 'IP', EvaluationWindowSec: 300 });
  }
});

const CONTENT = ['AWSManagedRulesKnownBadInputsRuleSet', 'AWSManagedRulesCommonRuleSet'];
const SIGN_IN = '/api/auth/signin';
const WEBHOOK = '/api/payments/webhook/stripe';

test.each([
  ['a small request', { path: SIGN_IN, bodyBytes: 200 }, ['Rate', ...CONTENT]],
  ['the largest body', { path: SIGN_IN, bodyBytes: 65_536 }, ['Rate', ...CONTENT]],
  ['one byte more', { path: SIGN_IN, bodyBytes: 65_537 }, ['Rate', 'BodySize', ...CONTENT]],
  ['a webhook', { path: WEBHOOK, bodyBytes: 9_000 }, ['WebhookRate']],
  ['a large webhook', { path: WEBHOOK, bodyBytes: 262_144 }, ['WebhookRate']],
  [
    'a webhook that is too large',
    { path: WEBHOOK, headers: { 'content-length': '300000' } },
    ['WebhookRate', 'WebhookSize'],
  ],
  ['a webhook’s neighbour', { path: `${WEBHOOK}/x`, bodyBytes: 70_000 }, ['Rate', 'BodySize', ...CONTENT]],
])('%s meets these rules', (_what, request, rules) => {
  expect(rulesFor(acl.Rules, request)).toEqual(rules);
});

describe('the log of the firewall', () => {
  const logging = resourcesOf(api, 'AWS::WAFv2::LoggingConfiguration')[0]?.[1].Properties;

  test('keeps what was turned away or would have been, and nothing of those who came through', () => {
    expect(logging?.ResourceArn).toEqual({ 'Fn::GetAtt': [aclId, 'Arn'] });
    expect(logging?.LoggingFilter).toEqual({
      DefaultBehavior: 'DROP',
      Filters: [
        {
          Behavior: 'KEEP',
          Requirement: 'MEETS_ANY',
          Conditions: [{ ActionCondition: { Action: 'BLOCK' } }, { ActionCondition: { Action: 'COUNT' } }],
        },
      ],
    });
  });

  test('shows no credential and nothing that users wrote, nor do the samples of the console', () => {
    const hidden = acl.DataProtectionConfig.DataProtections.map(({ Action, Field }) => {
      expect(Action).toBe('SUBSTITUTION');
      return Field.FieldKeys?.join() ?? Field.FieldType;
    });
    expect(hidden.sort()).toEqual([
      'BODY',
      'QUERY_STRING',
      'authorization',
      'cookie',
      'idempotency-key',
      'stripe-signature',
      'x-csrf-token',
    ]);
  });

  test('goes to a group that WAF may write to, and forgets addresses after a month', () => {
    const [, group] =
      resourcesOf(api, 'AWS::Logs::LogGroup').find(([id]) => id.startsWith('FirewallLogs')) ?? [];
    expect(JSON.stringify(group?.Properties?.LogGroupName)).toContain('aws-waf-logs-tandem-production');
    expect(group?.Properties?.RetentionInDays).toBe(30);
    expect(JSON.stringify(logging?.LogDestinationConfigs)).toContain('FirewallLogs');
  });
});

test('one address can send so many requests and no more', () => {
  expect(ruleNamed('Rate')).toContain(`"Limit":${config.firewallRate}`);
  expect(ruleNamed('WebhookRate')).toContain(`"Limit":${config.firewallRate * 10}`);
});

test('no rule about content looks at a webhook: what a customer typed would pass for an attack', () => {
  for (const name of ['AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet', 'BodySize']) {
    expect(ruleNamed(name)).toContain('"NotStatement"');
    expect(ruleNamed(name)).toContain(JSON.stringify(WEBHOOK_PATH));
  }
});

test.each(Object.values(webhookContract).map(({ path }) => path))(
  '%s is a webhook to the firewall',
  (path) => {
    expect(isWebhook(path)).toBe(true);
    expect(isWebhook(`${path}/`)).toBe(true);
    expect(isWebhook(`/production${path}`)).toBe(true); // without a domain name, the stage comes first
  },
);

test.each([
  '/api/auth/signin',
  '/api/auth/signin/api/payments/webhook/stripe',
  '/api/payments/webhook/stripe/../../../auth/signin',
  '/api/payments/webhook/stripe%2f..%2f..%2fcreate-intent',
  '/api/payments/webhook/',
  '/a/b/api/payments/webhook/stripe',
])('%s does not pass for a webhook', (path) => {
  expect(isWebhook(path)).toBe(false);
});

test('bodies over 64 kB stay outside, even where the firewall cannot measure them', () => {
  const rule = ruleNamed('BodySize');
  expect(rule).toContain('"Size":65536');
  expect(rule).toContain('"OversizeHandling":"MATCH"');
  expect(JSON.stringify(acl)).toContain('"DefaultSizeInspectionLimit":"KB_64"');
});

test('webhooks are capped in size, above what their contract takes', () => {
  const tooLong = (length: number | string) => new RegExp(WEBHOOK_TOO_LONG).test(String(length));
  for (const { maxBodyBytes } of Object.values(webhookContract)) expect(tooLong(maxBodyBytes)).toBe(false);
  for (const length of [0, 8_192, 99_999, 299_999]) expect(tooLong(length)).toBe(false);
  for (const length of [300_000, 999_999, 1_000_000, 10_485_760, '00300000'])
    expect(tooLong(length)).toBe(true);
  expect(ruleNamed('WebhookSize')).toContain('content-length');
});
