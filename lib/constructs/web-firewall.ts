import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

type Statement = CfnWebACL.StatementProperty;
type Rule = CfnWebACL.RuleProperty;

export type WebFirewallProps = {
  readonly stage: Stage;
  /** Requests from one address within five minutes. */
  readonly rate: number;
  /** What its metrics are found under. */
  readonly metricName: string;
};

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
  constructor(scope: Construct, id: string, { stage, rate, metricName }: WebFirewallProps) {
    super(scope, id);
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visible(metricName),
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
