import { ArnFormat, Aws, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config';

type Statement = CfnWebACL.StatementProperty;
type Rule = CfnWebACL.RuleProperty;

export type WebFirewallProps = { readonly stage: Stage; readonly config: StageConfig };

/** Providers send from few addresses, in bursts, so they may send more. */
const WEBHOOK_RATE_FACTOR = 10;

/** Bytes: what routes accept unless their contract says otherwise, and the most that the firewall can measure. */
const MAX_BODY_BYTES = 65_536;

/**
 * The webhook paths and nothing that merely looks like them; with the stage in front where the API has no domain of its
 * own. A looser pattern would let a request to another route pass as a webhook.
 */
export const WEBHOOK_PATH = '^(/[a-z]+)?/api/payments/webhook/[a-z]+/?$';

/** A Content-Length of 300,000 or more. The service itself stops at 262,144 bytes, with or without that header. */
export const WEBHOOK_TOO_LONG = '^0*([3-9][0-9]{5}|[1-9][0-9]{6,})$';

/** Days. Addresses are personal data; nobody asks after a month why a request was turned away. */
const REFUSAL_DAYS = 30;

/** What the firewall writes as REDACTED in its log and in the samples that the console shows: credentials and what users wrote. */
const HIDDEN: CfnWebACL.DataProtectProperty[] = [
  ...['authorization', 'cookie', 'x-csrf-token', 'idempotency-key', 'stripe-signature'].map((name) => ({
    action: 'SUBSTITUTION',
    field: { fieldType: 'SINGLE_HEADER', fieldKeys: [name] },
  })),
  { action: 'SUBSTITUTION', field: { fieldType: 'QUERY_STRING' } },
  { action: 'SUBSTITUTION', field: { fieldType: 'BODY' } },
];

const asIs = [{ priority: 0, type: 'NONE' }];

const isWebhook: Statement = {
  regexMatchStatement: {
    fieldToMatch: { uriPath: {} },
    regexString: WEBHOOK_PATH,
    textTransformations: asIs,
  },
};
const isNoWebhook: Statement = { notStatement: { statement: isWebhook } };

/**
 * What may not reach the API. Bodies of webhooks are exempt from the rules about content, which mistake what a customer
 * typed into a provider's form for an attack; they are signed, and only their size is limited.
 */
export class WebFirewall extends Construct {
  constructor(scope: Construct, id: string, { stage, config }: WebFirewallProps) {
    super(scope, id);
    const rate = config.firewallRate;
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visible(`tandem-${config.name}`),
      dataProtectionConfig: { dataProtections: HIDDEN },
      associationConfig: { requestBody: { API_GATEWAY: { defaultSizeInspectionLimit: 'KB_64' } } },
      rules: [
        block('Rate', rateBased(rate, isNoWebhook)),
        block('WebhookRate', rateBased(rate * WEBHOOK_RATE_FACTOR, isWebhook)),
        block('BodySize', both(isNoWebhook, hasLongBody)),
        block('WebhookSize', both(isWebhook, saysLongBody)),
        managed('AWSManagedRulesKnownBadInputsRuleSet'),
        // BodySize takes the place of that rule's 8 kB.
        managed('AWSManagedRulesCommonRuleSet', 'SizeRestrictions_BODY'),
      ].map((rule, priority) => ({ ...rule, priority })),
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: stage.stageArn, webAclArn: acl.attrArn });
    this.logRefusals(acl, config);
  }

  /** What was turned away, with the address it came from, for as long as somebody may still ask why. */
  private logRefusals(acl: CfnWebACL, { name, logRetentionDays, keepsData }: StageConfig): void {
    // WAF writes to groups with this prefix alone; the stack's own id, because a group may outlive its stack.
    const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: Fn.join('-', [`aws-waf-logs-tandem-${name}`, stackId]),
      retention: Math.min(logRetentionDays, REFUSAL_DAYS),
      removalPolicy: keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [
        Stack.of(this).formatArn({
          service: 'logs',
          resource: 'log-group',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          resourceName: logs.logGroupName,
        }),
      ],
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: [{ ActionCondition: { Action: 'BLOCK' } }, { ActionCondition: { Action: 'COUNT' } }],
          },
        ],
      },
    });
  }
}

const hasLongBody: Statement = {
  sizeConstraintStatement: {
    fieldToMatch: { body: { oversizeHandling: 'MATCH' } },
    comparisonOperator: 'GT',
    size: MAX_BODY_BYTES,
    textTransformations: asIs,
  },
};

const saysLongBody: Statement = {
  regexMatchStatement: {
    fieldToMatch: { singleHeader: { Name: 'content-length' } },
    regexString: WEBHOOK_TOO_LONG,
    textTransformations: asIs,
  },
};

const both = (...statements: Statement[]): Statement => ({ andStatement: { statements } });

const rateBased = (limit: number, scopeDownStatement: Statement): Statement => ({
  rateBasedStatement: { limit, aggregateKeyType: 'IP', evaluationWindowSec: 300, scopeDownStatement },
});

const visible = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
});

const block = (name: string, statement: Statement): Omit<Rule, 'priority'> => ({
  name,
  statement,
  action: { block: {} },
  visibilityConfig: visible(name),
});

/** A rule set that AWS keeps up to date, for everything but webhooks; `counted` rules of it only count. */
const managed = (name: string, ...counted: string[]): Omit<Rule, 'priority'> => ({
  name,
  statement: {
    managedRuleGroupStatement: {
      vendorName: 'AWS',
      name,
      scopeDownStatement: isNoWebhook,
      ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
    },
  },
  overrideAction: { none: {} },
  visibilityConfig: visible(name),
});
