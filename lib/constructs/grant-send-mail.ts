import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { domainOfSender } from '../stage-config';

/**
 * Lets a function send mails as one sender, and tells it who that is. The identity is the sender's domain, which an operator
 * verifies with SES once (docs/notifications.md): a stack could not, since the proof is in the domain's own DNS.
 *
 * @param sender `Name <address>`, or an address alone
 */
export function grantSendMail(fn: LambdaFunction, sender: string): void {
  const identity = Stack.of(fn).formatArn({
    service: 'ses',
    resource: 'identity',
    resourceName: domainOfSender(sender),
  });
  fn.addToRolePolicy(new PolicyStatement({ actions: ['ses:SendEmail'], resources: [identity] }));
  fn.addEnvironment('MAIL_SENDER', sender);
}
