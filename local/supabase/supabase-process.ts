/**
 * The Supabase process: @supabase/lite on the embedded Postgres. A process of its own, because it is an
 * ES module that takes half a second to load, which passes while the rest starts.
 */

import { join } from 'node:path';
import { allowPages } from './allow-pages';
import { refuseBanned } from './refuse-banned';
import { refuseRoles } from './refuse-roles';
import { forwardRealtime, relayRealtimeSockets } from './relay-realtime';
import { resendConfirmations } from './resend-confirmation';
import { serialiseRefreshes } from './serialise-refreshes';
import { serveWeb, type WebHandler } from './serve-web';
import { completeStorage } from './storage/complete-storage';
import { keepInFolder } from './storage/keep-in-folder';
import type { SupabaseConfig } from './supabase-config';

async function main(): Promise<void> {
  const config = JSON.parse(process.env.TANDEM_SUPABASE ?? '{}') as SupabaseConfig;
  const { App, SmtpEmailDriver } = await import('@supabase/lite');
  const { createPostgresConnection } = await import('@supabase/lite/postgres');
  const self = { url: '' };
  const smtp = new SmtpEmailDriver({
    host: '127.0.0.1',
    port: config.smtpPort,
    from: { name: 'Tandem', address: 'no-reply@tandem.test' },
    requireTls: false,
  });
  // Lite puts the site's address before /auth/v1/verify; in a real project that is the API's address.
  const atApi = (text: string | undefined) =>
    text?.replaceAll(`${config.siteUrl}/auth/v1/`, `${self.url}/auth/v1/`);
  const email: typeof smtp.send = async (message) => {
    const { text, html } = message;
    await smtp.send({ ...message, text: atApi(text) ?? '', html: atApi(html) ?? '' });
  };

  const makeApp = async (databaseUrl: string, storageDir?: string) => {
    const connection = createPostgresConnection({ url: databaseUrl });
    // Lite would grant everything to every API role at the first request; our migrations state the grants.
    Object.assign(connection, { rlsState: 'active' });
    const app = new App({
      connection,
      api: { external_url: '' }, // its own address is that of the request: the port may be any
      auth: {
        enabled: true,
        jwt_secret: config.jwtSecret,
        publishable_key: config.publishableKey,
        secret_key: config.secretKey,
        site_url: config.siteUrl,
        additional_redirect_urls: ['http://127.0.0.1:**', 'http://localhost:**'],
        // With two confirmations Lite asks the old address alone, and the new one is never proven.
        email: {
          enable_confirmations: config.confirmEmails ?? false,
          double_confirm_changes: false,
          template: {
            magic_link: {
              subject: 'Your link to sign in',
              content_path: join(__dirname, '../../supabase/templates/magic_link.html'),
            },
            recovery: {
              subject: 'Choose your password',
              content_path: join(__dirname, '../../supabase/templates/recovery.html'),
            },
          },
        },
        external: Object.fromEntries(
          Object.entries(config.social ?? {}).map(([name, { clientId, secret, url }]) => [
            name,
            { enabled: true, client_id: clientId, secret, ...(url !== undefined && { url }) },
          ]),
        ),
      },
      ...(storageDir !== undefined && { storage: { enabled: true } }),
      options: { drivers: { email: { send: email } } },
    });
    if (storageDir !== undefined) app._storageAdapter = keepInFolder(storageDir);
    await app.init();
    return app;
  };
  // Two connections with two powers, as in a real project: Auth may not touch what it does not own.
  const auth = await makeApp(config.authDatabaseUrl);
  const data = await makeApp(config.dataDatabaseUrl, config.storageDir);
  const completion = { databaseUrl: config.dataDatabaseUrl, jwtSecret: config.jwtSecret };
  const serveData = refuseRoles(
    completeStorage(completion, async (request, peerAddress) => data.fetch(request, { peerAddress })),
  );
  const serve: WebHandler = async (request, peerAddress) => {
    if (!new URL(request.url).pathname.startsWith('/auth/')) return serveData(request, peerAddress);
    return auth.fetch(request, { peerAddress });
  };
  const { authDatabaseUrl: databaseUrl, siteUrl } = config;
  const refusing = refuseBanned(databaseUrl, serialiseRefreshes(serve));
  const completed = allowPages(resendConfirmations({ databaseUrl, siteUrl, send: email }, refusing));
  const { realtimePort } = config;
  const whole = realtimePort === undefined ? completed : forwardRealtime(realtimePort, completed);
  const server = await serveWeb(config.port, whole);
  if (realtimePort !== undefined) relayRealtimeSockets(server, realtimePort);
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : config.port;
  self.url = `http://127.0.0.1:${port}`;
  process.on('disconnect', () => process.exit(0)); // the parent is gone
  process.send?.({ port });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
