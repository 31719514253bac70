import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { defineStacks } from '../lib/define-stacks';
import { bundledCode } from '../lib/function-code';
import { stageConfig } from '../lib/stage-config';

const app = new App();
const given = (name: string): unknown => app.node.tryGetContext(name);
const config = stageConfig(given('stage'), { siteUrl: given('siteUrl'), alarmEmail: given('alarmEmail') });
const root = join(__dirname, '..');
defineStacks(app, config, bundledCode(root, join(app.outdir, 'source-maps')));
