import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { checkBestPractices } from '../lib/best-practices';
import { defineStacks } from '../lib/define-stacks';
import { bundledCode } from '../lib/function-code';
import { stageConfig } from '../lib/stage-config';

const app = new App();
const given = (name: string): unknown => app.node.tryGetContext(name);
const config = stageConfig(given('stage'), {
  siteUrl: given('siteUrl'),
  alarmEmail: given('alarmEmail'),
  mailSender: given('mailSender'),
});
const code = bundledCode(join(__dirname, '..'), join(app.outdir, 'source-maps'));
checkBestPractices(app, defineStacks(app, config, code), config);
