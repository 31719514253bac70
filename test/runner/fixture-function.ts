import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionModel } from '../../local/assembly/model';
import { buildBootstrap } from '../../local/lambda/build-bootstrap';
import { type FunctionOptions, type RunningFunction, runFunction } from '../../local/lambda/run-function';

export type FixtureFunction = {
  running: RunningFunction;
  lines: string[];
  writeCode: (code: string) => string;
};

/** A function from a few lines of CommonJS, run as a real process. */
export function startFixtureFunction(
  code: string,
  overrides: Partial<FunctionModel> = {},
  options: Partial<FunctionOptions> = {},
): FixtureFunction {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-fixture-'));
  const lines: string[] = [];
  let version = 0;
  const writeCode = (text: string) => {
    version += 1;
    const dir = join(folder, `code-${version}`);
    mkdirSync(dir);
    writeFileSync(join(dir, 'index.js'), text);
    return dir;
  };
  const model: FunctionModel = {
    name: 'fixture',
    logicalId: 'Fixture1234',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:Fixture1234',
    codeDir: writeCode(code),
    handler: 'index.handler',
    timeoutMs: 5000,
    memoryMb: 256,
    environment: { STAGE: 'test' },
    reservedConcurrency: undefined,
    ...overrides,
  };
  const running = runFunction(model, {
    bootstrap: buildBootstrap(folder),
    region: 'us-east-1',
    environment: {},
    onOutput: (line) => lines.push(line),
    ...options,
  });
  return { running, lines, writeCode };
}
