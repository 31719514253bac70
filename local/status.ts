/** `npm run status`: every URL and key of the running Tandem. `-- --json` for programs. Exit code 1 when none runs. */
import { renderBanner } from './banner';
import { loadEnvFile, stateDirOf } from './paths';
import { readRunFile } from './state/run-file';

loadEnvFile();
const json = process.argv.includes('--json');
const info = readRunFile(stateDirOf(process.env));
if (info) {
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  process.stdout.write(
    json ? `${JSON.stringify({ running: true, ...info }, null, 2)}\n` : renderBanner(info, colour),
  );
} else {
  process.stdout.write(
    json ? '{ "running": false }\n' : 'Tandem is not running. Start it with `npm start`.\n',
  );
  process.exitCode = 1;
}
