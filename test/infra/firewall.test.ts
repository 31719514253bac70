import { WEBHOOK_PATH, WEBHOOK_TOO_LONG } from '../../lib/constructs/web-firewall';
import { webhookContract } from '../../services/webhook/contract';
import { resourcesOf, synthStage } from './synth-stage';

const { api, config } = synthStage('production');

type Rule = {
  readonly Name: string;
  readonly Priority: number;
  readonly Statement: Readonly<Record<string, unknown>>;
};

const acl = resourcesOf(api, 'AWS::WAFv2::WebACL')[0]?.[1].Properties as { Rules: Rule[] };
const ruleNamed = (name: string): string => JSON.stringify(acl.Rules.find(({ Name }) => Name === name));

const isWebhook = (path: string): boolean => new RegExp(WEBHOOK_PATH).test(path);

test('the firewall stands before the stage of the API', () => {
  const [, association] = resourcesOf(api, 'AWS::WAFv2::WebACLAssociation')[0] ?? [];
  expect(JSON.stringify(association?.Properties?.ResourceArn)).toMatch(/\/restapis\/.*\/stages\//);
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
