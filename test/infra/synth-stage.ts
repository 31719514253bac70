import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { FAIL_SYNTH_ON_VALIDATION_ERRORS_CONTEXT, VALIDATION_REPORT_FILE } from 'aws-cdk-lib/cx-api';
import cdkJson from '../../cdk.json';
import { defineStacks, type Stacks } from '../../lib/define-stacks';
import { type StageConfig, type StageName, type StageOverrides, stageConfig } from '../../lib/stage-config';

/** Of every stage but dev, whose own is the local gateway. */
export const SITE_URL = 'https://shop.test';

export const MAIL_SENDER = 'Shop <no-reply@shop.test>';

export type Synthesized = {
  readonly config: StageConfig;
  readonly stacks: Stacks;
  readonly stateful: Template;
  readonly api: Template;
  /** What the rule packs of `prepare` found: `rule` with the finding in brackets, `path` of the construct. */
  readonly findings: readonly { readonly rule: string; readonly path: string }[];
};

type Prepare = (app: App, stacks: Stacks, config: StageConfig) => void;

/**
 * The stacks of a stage as `cdk synth` makes them, but without bundling: the code is not what these tests are about.
 *
 * @param overrides as `-c` gives them; by default what a stage cannot be deployed without
 */
export function synthStage(
  stage: StageName,
  prepare: Prepare = () => {},
  overrides: StageOverrides = stage === 'dev' ? {} : { siteUrl: SITE_URL, mailSender: MAIL_SENDER },
): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'tandem-synth-'));
  try {
    const app = new App({
      outdir,
      analyticsReporting: false,
      context: { ...cdkJson.context, [FAIL_SYNTH_ON_VALIDATION_ERRORS_CONTEXT]: false },
    });
    const config = stageConfig(stage, overrides);
    const stacks = defineStacks(app, config, () => Code.fromInline('exports.handler = async () => {};'));
    prepare(app, stacks, config);
    const stateful = Template.fromStack(stacks.stateful);
    const api = Template.fromStack(stacks.api);
    return { config, stacks, stateful, api, findings: readFindings(join(outdir, VALIDATION_REPORT_FILE)) };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

type Report = {
  pluginReports: {
    violations: { ruleName: string; violatingConstructs: { constructPath?: string }[] }[];
  }[];
};

function readFindings(file: string): Synthesized['findings'] {
  const { pluginReports } = JSON.parse(readFileSync(file, 'utf8')) as Report;
  return pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath = '' }) => ({ rule: ruleName, path: constructPath })),
    ),
  );
}

export type Resource = {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
};

/** Every resource of a template, or those of one type, as [logical id, resource]. */
export function resourcesOf(template: Template, type?: string): [string, Resource][] {
  const { Resources } = template.toJSON() as { Resources: Record<string, Resource> };
  return Object.entries(Resources).filter(([, resource]) => type === undefined || resource.Type === type);
}

/** The Lambda functions by their SERVICE variable. */
export function functionsOf(template: Template): Map<string, FunctionProperties> {
  return new Map(
    resourcesOf(template, 'AWS::Lambda::Function').map(([, { Properties }]) => {
      const properties = Properties as FunctionProperties;
      return [String(properties.Environment.Variables.SERVICE), properties];
    }),
  );
}

export type FunctionProperties = {
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
  readonly Role: { readonly 'Fn::GetAtt': readonly [string, string] };
  readonly LoggingConfig: { readonly LogGroup: { readonly Ref: string } };
  readonly Timeout: number;
  readonly MemorySize: number;
  readonly ReservedConcurrentExecutions?: number;
  readonly Runtime: string;
  readonly Architectures: readonly string[];
  readonly TracingConfig?: { readonly Mode: string };
};

export type PolicyStatement = {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
};

/** What a role may do, by the policies that are attached to it. */
export function statementsOf(template: Template, roleId: string): PolicyStatement[] {
  return resourcesOf(template, 'AWS::IAM::Policy')
    .map(
      ([, { Properties }]) =>
        Properties as { Roles: { Ref: string }[]; PolicyDocument: { Statement: PolicyStatement[] } },
    )
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === roleId))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}
