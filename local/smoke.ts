/**
 * `npm run smoke -- --outputs outputs.json`: whether every function behind the API of a stage that was just deployed answers.
 * The file is what `cdk deploy --outputs-file` writes; `-- --url <ApiUrl>` names the API itself. Exit code 1 when one does not.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { askStage } from './smoke/ask-stage';

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { outputs: { type: 'string' }, url: { type: 'string' } } });
  const apiUrl = values.url ?? (values.outputs === undefined ? undefined : readApiUrl(values.outputs));
  if (apiUrl === undefined)
    throw new Error('Which stage? Give --url <ApiUrl>, or --outputs and the file of cdk deploy.');
  const answers = await askStage(apiUrl, { fetch, sleep: (ms) => sleep(ms) });
  for (const { of, status, isFine } of answers)
    process.stdout.write(`${isFine ? 'ok  ' : 'FAIL'} ${of}: ${status === 0 ? 'no answer' : status}\n`);
  return answers.every(({ isFine }) => isFine);
}

/** The one output of that name, whichever stack has it. */
function readApiUrl(file: string): string | undefined {
  const stacks = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>;
  return Object.values(stacks).find(({ ApiUrl }) => ApiUrl !== undefined)?.ApiUrl;
}

main().then(
  (isFine) => process.exit(isFine ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
