import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { AlarmTopic } from './constructs/alarm-topic';
import { SecretStore } from './constructs/secret-store';
import { WorkQueue } from './constructs/work-queue';
import { FUNCTIONS } from './function-catalogue';
import type { StageConfig } from './stage-config';

export type StatefulStackProps = StackProps & { readonly config: StageConfig };

/** What depends on an account begins once the answer to whoever asked is out, so that it cannot slow that answer down. */
const MAIL_DELAY = Duration.seconds(1);

/**
 * What must survive a bad deployment: messages on their way, secrets, and whom to call. The ids of what stands here are
 * never changed: CloudFormation would make it anew, empty.
 */
export class StatefulStack extends Stack {
  readonly events: WorkQueue;
  readonly mails: WorkQueue;
  readonly inspections: WorkQueue;
  readonly databaseChanges: WorkQueue;
  readonly secrets: SecretStore;
  readonly alarms: Topic;

  constructor(scope: Construct, id: string, { config, ...props }: StatefulStackProps) {
    super(scope, id, { terminationProtection: config.keepsData, ...props });
    const removalPolicy = config.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.events = new WorkQueue(this, 'ProviderEvents', {
      consumerTimeout: Duration.seconds(FUNCTIONS.reconcile.timeoutSeconds),
      removalPolicy,
    });
    this.mails = new WorkQueue(this, 'AccountMails', {
      consumerTimeout: Duration.seconds(FUNCTIONS.mail.timeoutSeconds),
      delay: MAIL_DELAY,
      removalPolicy,
    });
    this.inspections = new WorkQueue(this, 'FileInspections', {
      consumerTimeout: Duration.seconds(FUNCTIONS.inspect.timeoutSeconds),
      removalPolicy,
    });
    this.databaseChanges = new WorkQueue(this, 'DatabaseChanges', {
      consumerTimeout: Duration.seconds(FUNCTIONS.changes.timeoutSeconds),
      removalPolicy,
    });
    this.secrets = new SecretStore(this, 'Secrets', { removalPolicy });
    this.alarms = new AlarmTopic(this, 'Alarms', { email: config.alarmEmail });
    new CfnOutput(this, 'DeadLettersUrl', { value: this.events.deadLetters.queueUrl });
  }
}
