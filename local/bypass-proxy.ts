import { setGlobalProxyFromEnv } from 'node:http';

const HERE = ['127.0.0.1', 'localhost'];

/**
 * Node sends its calls by HTTP_PROXY where NODE_USE_ENV_PROXY says so, and the parts of the local stack are not to be found behind a
 * proxy. For this process and those it starts.
 */
export function bypassProxy(env: NodeJS.ProcessEnv): void {
  if (env.NODE_USE_ENV_PROXY !== '1' && !env.NODE_OPTIONS?.includes('--use-env-proxy')) return;
  const without = [env.no_proxy ?? env.NO_PROXY, ...HERE].filter(Boolean).join(',');
  Object.assign(env, { no_proxy: without, NO_PROXY: without });
  setGlobalProxyFromEnv(env);
}
