import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { listenOnLoopback } from '../../local/ports/listen-on-loopback';
import type { PageConfig } from './page/functions';

export interface PageServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/**
 * Serves one page, with stock supabase-js bundled as any app's bundler would.
 *
 * @param config asked for at each request: the page's origin must be known before the parts that it talks to are
 */
export const servePage = async (config: () => PageConfig): Promise<PageServer> => {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'page', 'page.ts')],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    write: false,
  });
  const script = outputFiles[0]?.text ?? '';
  const server = createServer((request, response) => {
    if (request.url === '/page.js') {
      response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(script);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tandem</title><link rel="icon" href="data:,">
<script>config = ${JSON.stringify(config())}</script><script src="/page.js"></script></html>`,
    );
  });
  const port = await listenOnLoopback(server, 0);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
