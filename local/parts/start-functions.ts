import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { ApiModel, Assembly, FunctionModel } from '../assembly/model';
import { buildBootstrap } from '../lambda/build-bootstrap';
import type { Outcome } from '../lambda/invocation';
import { type RunningFunction, runFunction } from '../lambda/run-function';
import { FORBIDDEN_SOCKET } from '../lambda/watch-sockets';
import type { Log } from '../log/log';
import { summariseError } from '../log/summarise-error';

export type FunctionsOptions = {
  stateDir: string;
  region: string;
  log: Log;
  /** Variables over the template's. */
  environment: (fn: FunctionModel) => Record<string, string>;
  maxInstances?: number;
};

/** All functions of the assembly. */
export type Functions = {
  /** The API that leads to them. */
  api: ApiModel;
  byName: Map<string, RunningFunction>;
  /** Calls the function with an ARN or name. Never rejects for what the function does. */
  invoke: (arnOrName: string, event: unknown) => Promise<Outcome>;
  nameOf: (arnOrName: string) => string;
  close: (graceMs: number) => Promise<void>;
};

/** Makes every function callable. Processes start with the first call. */
export function startFunctions(assembly: Assembly, options: FunctionsOptions): Functions {
  const logDir = join(options.stateDir, 'logs');
  mkdirSync(logDir, { recursive: true });
  const bootstrap = buildBootstrap(join(options.stateDir, 'runtime'));
  const byName = new Map<string, RunningFunction>();
  const files: WriteStream[] = [];

  for (const model of assembly.functions) {
    const file = createWriteStream(join(logDir, `${model.name}.log`), { flags: 'a' });
    files.push(file);
    const onOutput = (line: string) => {
      file.write(`${line}\n`);
      const error = line.startsWith(FORBIDDEN_SOCKET) ? line : summariseError(line);
      if (error !== undefined)
        options.log('error', `${model.name}: ${error}`, { log: `logs/${model.name}.log` });
    };
    byName.set(
      model.name,
      runFunction(model, {
        bootstrap,
        region: options.region,
        environment: options.environment(model),
        onOutput,
        ...(options.maxInstances !== undefined && { maxInstances: options.maxInstances }),
      }),
    );
  }

  const find = (arnOrName: string): RunningFunction => {
    const running = [...byName.values()].find(({ model }) =>
      [model.arn, model.name, model.logicalId].some(
        (id) => id === arnOrName || arnOrName.startsWith(`${id}:`),
      ),
    );
    if (!running) throw new Error(`the assembly has no function ${arnOrName}`);
    return running;
  };

  return {
    api: assembly.api,
    byName,
    nameOf: (arnOrName) => find(arnOrName).model.name,
    invoke: async (arnOrName, event) => {
      const running = find(arnOrName);
      const outcome = await running.invoke(event);
      options.log('call', running.model.name, {
        status: outcome.throttled ? 'throttled' : outcome.functionError ? 'failed' : 'ok',
        ms: outcome.durationMs,
        ...(outcome.initMs !== undefined && { cold: `${outcome.initMs}ms` }),
        ...(outcome.functionError && { error: errorMessage(outcome.payload) }),
      });
      return outcome;
    },
    close: async (graceMs) => {
      await Promise.all([...byName.values()].map((running) => running.close(graceMs)));
      for (const file of files) file.end();
    },
  };
}

function errorMessage(payload: string): string {
  const { errorType, errorMessage: message } = JSON.parse(payload) as Record<string, string>;
  return `${errorType}: ${message}`.slice(0, 200);
}
