import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { grantSendMail } from './constructs/grant-send-mail';
import { PublicApi } from './constructs/public-api';
import { ScheduledTask } from './constructs/scheduled-task';
import { ServiceAlarms } from './constructs/service-alarms';
import { ServiceFunction } from './constructs/service-function';
import { WebFirewall } from './constructs/web-firewall';
import type { FunctionName } from './function-catalogue';
import type { FunctionCode } from './function-code';
import type { StageConfig } from './stage-config';
import type { StatefulStack } from './stateful-stack';

export type ApiStackProps = StackProps & {
  readonly config: StageConfig;
  readonly code: FunctionCode;
  readonly stateful: StatefulStack;
};

/** Batches of ten mails at a time, the least that SQS takes: some forty mails a second, each with half a second at Supabase. */
const MAIL_CONCURRENCY = 2;

/** Files that are looked at beside each other, each with all its bytes in memory and seconds of work at worst. */
const INSPECTION_CONCURRENCY = 5;

/** Batches of ten changes at a time, the least that SQS takes; each holds one database connection. */
const CHANGE_CONCURRENCY = 2;

/**
 * Anybody may ask how we are, each instance holds a database connection, and while something is down an answer takes two
 * seconds: enough for monitors, and no way to use up the instances and connections of all others.
 */
const HEALTH_CONCURRENCY = 10;

/**
 * The functions, what calls them, and who watches them. Holds no data, but the API's address, which providers, database and clients
 * know: made again it would have another.
 */
export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, { config, code, stateful, ...props }: ApiStackProps) {
    super(scope, id, { terminationProtection: config.keepsData, ...props });
    const { events, mails, databaseChanges, inspections, secrets, alarms: topic } = stateful;
    const make = (functionId: string, name: FunctionName, reservedConcurrency?: number) =>
      new ServiceFunction(this, functionId, { name, config, code, secrets, reservedConcurrency });

    const auth = make('Auth', 'auth', config.reservedConcurrency);
    const mail = make('Mail', 'mail'); // bounded by its queue
    const payment = make('Payment', 'payment', config.reservedConcurrency);
    const webhook = make('Webhook', 'webhook', config.reservedConcurrency);
    const reconcile = make('Reconcile', 'reconcile'); // bounded by its queue
    const sweep = make('Sweep', 'sweep'); // a run of a task ends before the next of that task
    const files = make('Files', 'files', config.reservedConcurrency);
    const inspect = make('Inspect', 'inspect'); // bounded by its queue
    const changes = make('Changes', 'changes'); // bounded by its queue
    const sweepChanges = make('SweepChanges', 'sweepChanges'); // a run ends before the next
    const outbox = make('Outbox', 'outbox'); // a run ends before the next
    const health = make('Health', 'health', config.reservedConcurrency && HEALTH_CONCURRENCY);

    if (config.redirectUrls.length > 0) {
      auth.addEnvironment('REDIRECT_URLS', config.redirectUrls.join(','));
    }
    auth.addEnvironment('SIGN_IN_STEP_MS', String(config.signInStepMs));
    for (const fn of [auth, payment, files])
      fn.addEnvironment('RATE_LIMIT_FACTOR', String(config.rateLimitFactor));

    const api = new PublicApi(this, 'Api', {
      config,
      throttles: { '/api/payments/webhook/{provider}/POST': config.webhookThrottle },
    });
    api.routeService('/api/auth', auth);
    api.routeService('/api/payments', payment);
    api.route('/api/payments/webhook/{provider}', webhook);
    api.routeService('/api/files', files);
    api.route('/api/health', health);
    new WebFirewall(this, 'Firewall', { stage: api.restApi.deploymentStage, config });

    mails.grantSend(auth, 'MAIL_QUEUE_URL');
    mails.connect(mail, { maxConcurrency: MAIL_CONCURRENCY });
    events.grantSend(webhook);
    events.grantSend(payment); // an operator's replay
    events.grantRedrive(payment);
    events.connect(reconcile, { maxConcurrency: config.reconcileConcurrency });
    events.grantMeasure(health);
    databaseChanges.grantSend(webhook, 'CHANGE_QUEUE_URL');
    databaseChanges.grantSend(sweepChanges, 'CHANGE_QUEUE_URL');
    databaseChanges.grantRedrive(payment, 'CHANGE_DEAD_LETTERS_URL'); // where operators' routes are
    databaseChanges.connect(changes, { maxConcurrency: CHANGE_CONCURRENCY });
    inspections.grantSend(files, 'FILE_QUEUE_URL');
    inspections.connect(inspect, { maxConcurrency: INSPECTION_CONCURRENCY });
    const openPayments = new ScheduledTask(this, 'SweepOpenPayments', {
      fn: sweep,
      schedule: Schedule.rate(Duration.minutes(5)),
      freshFor: Duration.minutes(5),
      input: { task: 'open-payments' },
    });
    const { failures } = openPayments;
    const providerEvents = new ScheduledTask(this, 'SweepProviderEvents', {
      fn: sweep,
      schedule: Schedule.rate(Duration.hours(1)),
      freshFor: Duration.minutes(30),
      input: { task: 'provider-events' },
      failures,
    });

    // When PayPal's statement of the day before is complete: it lags by up to three hours.
    const dailyTotals = new ScheduledTask(this, 'SweepDailyTotals', {
      fn: sweep,
      schedule: Schedule.cron({ hour: '4', minute: '10' }),
      freshFor: Duration.hours(2),
      input: { task: 'daily-totals' },
      failures,
    });

    const sweepFiles = new ScheduledTask(this, 'SweepFiles', {
      fn: inspect,
      schedule: Schedule.rate(Duration.hours(1)),
      freshFor: Duration.minutes(30),
      input: { task: 'sweep-files' },
    });

    const unhandledChanges = new ScheduledTask(this, 'SweepUnhandledChanges', {
      fn: sweepChanges,
      schedule: Schedule.rate(Duration.minutes(1)),
      freshFor: Duration.minutes(1),
      input: { task: 'changes' },
    });

    for (const fn of [outbox, changes]) grantSendMail(fn, config.mailSender);
    const sendOutbox = new ScheduledTask(this, 'SendOutbox', {
      fn: outbox,
      schedule: Schedule.rate(Duration.minutes(1)),
      freshFor: Duration.minutes(1),
      input: { task: 'outbox' },
    });

    const alarms = new ServiceAlarms(this, 'ServiceAlarms', { topic });
    const functions = {
      auth,
      mail,
      payment,
      webhook,
      reconcile,
      sweep,
      changes,
      sweepChanges,
      files,
      inspect,
      outbox,
      health,
    };
    for (const [name, fn] of Object.entries(functions)) alarms.watchFunction(name, fn);
    alarms.watchBacklog('ProviderEvents', events.queue);
    alarms.watchDeadLetters('ProviderEvents', events.deadLetters);
    alarms.watchBacklog('AccountMails', mails.queue);
    alarms.watchDeadLetters('AccountMails', mails.deadLetters);
    alarms.watchBacklog('FileInspections', inspections.queue);
    alarms.watchDeadLetters('FileInspections', inspections.deadLetters);
    alarms.watchDeadLetters('SweepFiles', sweepFiles.failures);
    alarms.watchBacklog('DatabaseChanges', databaseChanges.queue);
    alarms.watchDeadLetters('DatabaseChanges', databaseChanges.deadLetters);
    alarms.watchDeadLetters('SweepOpenPayments', failures);
    alarms.watchDeadLetters('SweepUnhandledChanges', unhandledChanges.failures);
    alarms.watchDeadLetters('SendOutbox', sendOutbox.failures);
    alarms.watchHeartbeat('SweepOpenPayments', openPayments.rule, Duration.minutes(15));
    alarms.watchHeartbeat('SweepProviderEvents', providerEvents.rule, Duration.hours(3));
    alarms.watchHeartbeat('SweepDailyTotals', dailyTotals.rule, Duration.days(2));
    alarms.watchHeartbeat('SweepFiles', sweepFiles.rule, Duration.hours(3));
    alarms.watchHeartbeat('SweepUnhandledChanges', unhandledChanges.rule, Duration.minutes(15));
    alarms.watchHeartbeat('SendOutbox', sendOutbox.rule, Duration.minutes(15));
    for (const service of ['reconcile', 'sweep']) alarms.watchOutcomes(service, config.name);
    alarms.watchDrift('sweep', config.name);
    for (const service of ['outbox', 'changes']) alarms.watchMails(service, config.name);
    alarms.watchWaitingChanges('sweepChanges', config.name);
    alarms.watchTokenReuse({ auth, payment, files }, config.name);
    alarms.watchApi('Api', api.restApi);

    new CfnOutput(this, 'ApiUrl', {
      description: 'Where the API answers: <ApiUrl>api/health',
      value: api.restApi.url,
    });
  }
}
