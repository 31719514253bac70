import { domainOfSender, STAGE_NAMES, stageConfig } from '../../lib/stage-config';
import { MAIL_SENDER, resourcesOf, SITE_URL, type Synthesized, synthStage } from './synth-stage';

const dev = synthStage('dev');
const production = synthStage('production');

type Retention = { readonly DeletionPolicy?: string; readonly UpdateReplacePolicy?: string };

/** Types whose content is gone for good when they are. */
const STATEFUL = ['AWS::SQS::Queue', 'AWS::SecretsManager::Secret', 'AWS::SNS::Topic'];

describe('the stages', () => {
  test('are dev without being asked', () => {
    expect(stageConfig().name).toBe('dev');
  });

  test('end with a clear error where there is none of that name', () => {
    expect(() => stageConfig('prod')).toThrow(
      'Unknown stage "prod": choose -c stage=dev, -c stage=staging, -c stage=production',
    );
    expect(() => stageConfig('toString')).toThrow('Unknown stage');
  });

  test('take live payments in production and nowhere else', () => {
    const modes = STAGE_NAMES.map((name) => `${name}: ${stageConfig(name).providerMode}`);
    expect(modes).toEqual(['dev: test', 'staging: test', 'production: live']);
  });

  test('take the address of the site from outside, but no insecure one in production', () => {
    expect(stageConfig('staging', { siteUrl: 'http://10.0.0.1:8080/' }).siteUrl).toBe('http://10.0.0.1:8080');
    expect(stageConfig('production', { siteUrl: 'https://shop.test' }).siteUrl).toBe('https://shop.test');
    expect(() => stageConfig('production', { siteUrl: 'http://shop.test' })).toThrow(
      'must be a https: address',
    );
    expect(() => stageConfig('dev', { siteUrl: 'shop' })).toThrow('not "shop"');
    expect(() => stageConfig('dev', { alarmEmail: 'me' })).toThrow('not an address');
  });

  test('take the sender of mails from outside, with a name or without', () => {
    for (const mailSender of ['Shop <hello@shop.test>', 'hello@shop.test']) {
      expect(stageConfig('production', { mailSender }).mailSender).toBe(mailSender);
      expect(domainOfSender(mailSender)).toBe('shop.test');
    }
    for (const mailSender of [
      'shop.test',
      'a@b, c@d.test',
      'A <a@b.test> <c@d.test>',
      'A <a@b.test>\nBcc: c@d.test',
    ])
      expect(() => stageConfig('dev', { mailSender })).toThrow('mailSender must be');
  });

  test('take what a pipeline passes on empty for what it did not pass on', () => {
    expect(stageConfig('dev', { siteUrl: '', alarmEmail: '' })).toEqual(stageConfig('dev'));
  });

  test('give every function at least 256 MB', () => {
    for (const name of STAGE_NAMES) expect(stageConfig(name).memoryMb).toBeGreaterThanOrEqual(256);
  });
});

describe('what a deployment is given', () => {
  /** Errors and warnings that the command line shows; with an error it deploys nothing. */
  const annotations = ({ stacks }: Synthesized) => {
    const ofLevel = (level: string) =>
      Object.values(stacks)
        .flatMap(({ node }) => node.metadata)
        .filter(({ type }) => type === `aws:cdk:${level}`)
        .map(({ data }) => String(data));
    return { errors: ofLevel('error'), warnings: ofLevel('warning') };
  };

  test.each(['staging', 'production'] as const)(
    'cannot lack in %s what would put a placeholder in the place of what runs',
    (stage) => {
      expect(annotations(synthStage(stage, () => {}, {})).errors).toEqual([
        expect.stringContaining('-c siteUrl='),
        expect.stringContaining('-c mailSender='),
      ]);
    },
  );

  test('may lack everything in dev', () => {
    expect(annotations(dev)).toEqual({ errors: [], warnings: [] });
  });

  test('should say in production who gets the alarms: without an address the one before is taken off the topic', () => {
    const advice = [expect.stringContaining('-c alarmEmail=')];
    expect(annotations(production)).toEqual({ errors: [], warnings: advice });
    const given = { siteUrl: SITE_URL, mailSender: MAIL_SENDER, alarmEmail: 'me@shop.test' };
    const whole = synthStage('production', () => {}, given);
    expect(annotations(whole)).toEqual({ errors: [], warnings: [] });
  });
});

test('no stack of production can be deleted, not even the one without data: it has the address that everybody knows', () => {
  for (const stack of ['stateful', 'api'] as const) {
    expect([stack, production.stacks[stack].terminationProtection]).toEqual([stack, true]);
    expect([stack, dev.stacks[stack].terminationProtection]).toEqual([stack, false]);
  }
});

test('the address of the API never changes: its ids are those that are registered with the providers', () => {
  const [[api] = []] = resourcesOf(production.api, 'AWS::ApiGateway::RestApi');
  const [[, stage] = []] = resourcesOf(production.api, 'AWS::ApiGateway::Stage');
  expect([api, stage?.Properties?.StageName]).toEqual(['ApiRest4DEC74FE', 'production']);
});

describe('the stateful stack', () => {
  test('keeps queues and secrets in production when their stack goes, and nowhere else', () => {
    for (const type of ['AWS::SQS::Queue', 'AWS::SecretsManager::Secret']) {
      for (const [stage, policy] of [[production, 'Retain'] as const, [dev, 'Delete'] as const]) {
        for (const [, resource] of resourcesOf(stage.stateful, type)) {
          const { DeletionPolicy, UpdateReplacePolicy } = resource as Retention;
          expect([DeletionPolicy, UpdateReplacePolicy]).toEqual([policy, policy]);
        }
      }
    }
  });

  test('never changes the logical ids of what has content: that would make it anew, empty', () => {
    const ids = STATEFUL.flatMap((type) => resourcesOf(production.stateful, type).map(([id]) => id));
    expect(ids).toMatchInlineSnapshot(`
[
  "ProviderEventsDeadLettersF33BDE4D",
  "ProviderEventsQueueAF91A253",
  "AccountMailsDeadLetters4C2E6D9D",
  "AccountMailsQueueD4794D60",
  "FileInspectionsDeadLettersFA62E99D",
  "FileInspectionsQueueE7485816",
  "DatabaseChangesDeadLettersAFB8BA14",
  "DatabaseChangesQueue6DED7899",
  "SecretsDatabaseAuthF3A8AD6D",
  "SecretsDatabasePayment986D4455",
  "SecretsDatabaseReconcileC6BFE3EB",
  "SecretsDatabaseFiles131FD1DD",
  "SecretsDatabaseNotification80E18113",
  "SecretsDatabaseHealthCD372E6C",
  "SecretsSupabaseTokens541F03E8",
  "SecretsSupabaseKeys400D698A",
  "SecretsSupabaseAdmin6DED66E1",
  "SecretsAccountKeysC1A1BA0F",
  "SecretsStripeApi9E4DFD50",
  "SecretsStripeWebhook2392D4D8",
  "SecretsPayPalApi180FD1C7",
  "SecretsPayPalWebhookDCE5ED0F",
  "SecretsChangeWebhook8EC05BAD",
  "Alarms04B5A0BF",
]
`);
  });

  test('has the same logical ids in every stage', () => {
    const idsOf = ({ stateful }: typeof dev) => resourcesOf(stateful).map(([id]) => id);
    expect(idsOf(dev)).toEqual(idsOf(production));
  });
});

/** The property by which a resource of each type gets a physical name. */
const NAME_OF: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::Events::Rule': 'Name',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::WAFv2::WebACL': 'Name',
};

test('nothing has a physical name, so that it can be replaced and exist twice', () => {
  const named = [dev.stateful, dev.api].flatMap((template) =>
    resourcesOf(template)
      .filter(([, { Type, Properties = {} }]) => Properties[NAME_OF[Type] ?? ''] !== undefined)
      .map(([id]) => id),
  );
  expect(named).toEqual([
    // API Gateway chooses that one's name; we make the group only so that it does not keep its lines for ever.
    expect.stringMatching(/^ApiErrorLogs/),
    // WAF writes only to groups with its prefix; the stack's own id makes it unique.
    expect.stringMatching(/^FirewallLogs/),
  ]);
});

test('everything says which product and stage it belongs to', () => {
  const tags = [
    { Key: 'product', Value: 'tandem' },
    { Key: 'stage', Value: 'production' },
  ];
  production.api.allResourcesProperties('AWS::Lambda::Function', { Tags: tags });
  production.stateful.allResourcesProperties('AWS::SQS::Queue', { Tags: tags });
});
