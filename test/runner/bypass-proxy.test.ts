import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listenOnLoopback } from '../../local/ports/listen-on-loopback';

const ROOT = join(__dirname, '../..');
const ASK = `
  require('./local/bypass-proxy').bypassProxy(process.env);
  fetch(process.argv[1]).then((answer) => answer.text()).then(console.log, (error) => console.log(error.message));`;

test('calls on this machine go past the proxy that Node is told to use', async () => {
  const server = createServer((_request, response) => response.end('reached'));
  const port = await listenOnLoopback(server, 0);

  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '-e', ASK, `http://127.0.0.1:${port}`],
    { cwd: ROOT, env: { PATH: process.env.PATH, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9' } },
  );
  server.close();

  expect(stdout).toBe('reached\n');
});
