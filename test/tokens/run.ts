import { parseArgs } from 'node:util';
import { forgeTokens } from './forge-tokens';

const HELP = `npm run tokens -- [options]
  --count N   tokens to forge (default 100000)
  --seed S    of the choices (default 1)`;

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: { count: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(HELP);
    return 0;
  }
  const started = performance.now();
  const seed = Number(values.seed ?? 1);
  const { faults, ...figures } = await forgeTokens(Number(values.count ?? 100_000), seed);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  for (const fault of faults.slice(0, 20)) console.log(fault);
  for (const [name, figure] of Object.entries({ ...figures, 'wrong verdicts': faults.length, seed, seconds }))
    console.log(`  ${name.padEnd(16)} ${figure.toLocaleString('en')}`);
  return faults.length === 0 ? 0 : 1;
};

main().then((code) => {
  process.exitCode = code;
});
