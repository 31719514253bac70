import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  ComparisonOperator,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IRule } from 'aws-cdk-lib/aws-events';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

const PERIOD = Duration.minutes(5);

/** Longer, and customers see payments that do not settle, and wait for mails in vain. */
const OLDEST_MESSAGE = Duration.minutes(15);

/** Wakes somebody when something is wrong that does not mend itself. */
export class ServiceAlarms extends Construct {
  private readonly action: SnsAction;

  constructor(scope: Construct, id: string, { topic }: { readonly topic: ITopic }) {
    super(scope, id);
    this.action = new SnsAction(topic);
  }

  /** A call failed, or was turned away because no instance was free. */
  watchFunction(id: string, fn: IFunction): void {
    this.above(`${id}Errors`, fn.metricErrors({ period: PERIOD }), 0, `${id} failed: read its log`);
    const throttles = fn.metricThrottles({ period: PERIOD });
    this.above(`${id}Throttles`, throttles, 0, `${id} was called more often than it may run at a time`);
  }

  /** Messages wait too long to be worked on. */
  watchBacklog(id: string, queue: IQueue): void {
    const age = queue.metricApproximateAgeOfOldestMessage({ period: PERIOD, statistic: Stats.MAXIMUM });
    this.above(
      `${id}Age`,
      age,
      OLDEST_MESSAGE.toSeconds(),
      `${id}: the oldest message waits for over 15 minutes`,
    );
  }

  /** Something was given up on. */
  watchDeadLetters(id: string, queue: IQueue): void {
    const depth = queue.metricApproximateNumberOfMessagesVisible({
      period: PERIOD,
      statistic: Stats.MAXIMUM,
    });
    this.above(`${id}DeadLetters`, depth, 0, `${id}: a message was given up on and waits for a person`);
  }

  /** Clients are told that something went wrong on our side. */
  watchApi(id: string, api: RestApi): void {
    const errors = api.deploymentStage.metricServerError({ period: PERIOD, statistic: Stats.SUM });
    this.above(`${id}ServerErrors`, errors, 0, `${id} answered 5xx: the access log says where`);
  }

  /**
   * What should run again and again has stopped: nobody calls it, so nothing of it fails either. Counted by schedule, not by
   * function: the calls of one schedule must not pass for those of another.
   *
   * EventBridge reports no zero. Left to itself, CloudWatch would go on believing the last calls that it finds anywhere in its
   * evaluation range, which reaches back further than the periods asked for, and be silent for several times as long
   * (CloudWatch user guide, "How alarm state is evaluated when data is missing"). So what is missing is filled with zeros.
   *
   * @param silence whole days where it is more than one
   */
  watchHeartbeat(id: string, rule: IRule, silence: Duration): void {
    const days = Math.max(1, silence.toDays({ integral: false })); // no period may be longer than a day
    const period = Duration.seconds(silence.toSeconds() / days);
    const calls = new Metric({
      namespace: 'AWS/Events',
      metricName: 'Invocations',
      dimensionsMap: { RuleName: rule.ruleName },
      period,
      statistic: Stats.SUM,
    });
    const filled = new MathExpression({ expression: 'FILL(calls, 0)', usingMetrics: { calls }, period });
    const alarm = filled.createAlarm(this, `${id}Silence`, {
      alarmDescription: `${id} has not been called for ${silence.toHumanString()}: is its schedule on?`,
      threshold: 1,
      evaluationPeriods: days,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING, // a rule that never called has nothing to fill
    });
    alarm.addAlarmAction(this.action);
  }

  /**
   * A provider reported something that contradicts what we know, or money for a payment we do not have. Counted by the
   * reconciler in the namespace `Tandem` (shared/observability/metrics.ts).
   */
  watchOutcomes(service: string, stage: string): void {
    for (const outcome of ['EventReview', 'EventHeld']) {
      const metric = new Metric({
        namespace: 'Tandem',
        metricName: outcome,
        dimensionsMap: { service, stage },
        period: PERIOD,
        statistic: Stats.SUM,
      });
      this.above(`${service}${outcome}`, metric, 0, `${outcome}: a person must look at private.inbox`);
    }
  }

  /**
   * Our books and a provider's differ, and asking the provider did not mend it. Counted by the sweep once a day
   * (services/payment/use-cases/sweep-daily-totals.ts).
   */
  watchDrift(service: string, stage: string): void {
    const open = new Metric({
      namespace: 'Tandem',
      metricName: 'DriftOpen',
      dimensionsMap: { service, stage },
      period: PERIOD,
      statistic: Stats.MAXIMUM,
    });
    this.above('DriftOpen', open, 0, 'The books differ from a provider: GET /api/payments/drift says where');
  }

  /**
   * Changes in the database are not handled although they are tried again and again: their handler fails. Counted by the sweep
   * of changes (services/notification/use-cases/sweep-changes.ts).
   */
  watchWaitingChanges(service: string, stage: string): void {
    const waiting = new Metric({
      namespace: 'Tandem',
      metricName: 'ChangesWaiting',
      dimensionsMap: { service, stage },
      period: PERIOD,
      statistic: Stats.MAXIMUM,
    });
    this.above(
      'ChangesWaiting',
      waiting,
      0,
      'Changes wait for over 15 minutes: docs/changes.md says what to do',
    );
  }

  /**
   * A mail was given up on, or nobody knows whether it was sent. Counted by the two functions that send
   * (services/notification/handlers/count-mail.ts).
   */
  watchMails(service: string, stage: string): void {
    for (const metricName of ['MailFailed', 'MailUnknown']) {
      const metric = new Metric({
        namespace: 'Tandem',
        metricName,
        dimensionsMap: { service, stage },
        period: PERIOD,
        statistic: Stats.SUM,
      });
      this.above(
        `${service}${metricName}`,
        metric,
        0,
        `${metricName}: docs/notifications.md says what to do`,
      );
    }
  }

  /**
   * Old session tokens are used again: somebody holds copies. Each such session has ended by itself, and an answer that was
   * lost on its way does it too, so a few are no alarm. Counted from the request log of every function that knows sessions.
   */
  watchTokenReuse(functions: Readonly<Record<string, LambdaFunction>>, stage: string): void {
    const named = { metricNamespace: `Tandem/${stage}`, metricName: 'SessionTokenReused' };
    for (const [name, { logGroup }] of Object.entries(functions)) {
      new MetricFilter(this, `${name}TokenReuse`, {
        ...named,
        logGroup,
        filterPattern: FilterPattern.stringValue('$.code', '=', 'session_token_reused'),
      });
    }
    const reused = new Metric({
      namespace: named.metricNamespace,
      metricName: named.metricName,
      period: PERIOD,
      statistic: Stats.SUM,
    });
    this.above(
      'TokenReuse',
      reused,
      10,
      'Old session tokens are used again: see session_token_reused in the logs',
    );
  }

  private above(id: string, metric: Metric, threshold: number, alarmDescription: string): void {
    const alarm = metric.createAlarm(this, id, {
      alarmDescription,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING, // no calls, no failures
    });
    alarm.addAlarmAction(this.action);
  }
}
