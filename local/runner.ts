import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { answerControl } from './control/answer-control';
import { answerSite } from './control/answer-site';
import { startGateway } from './gateway/start-gateway';
import { startMailCatcher } from './mail/start-mail-catcher';
import { adjustedVariables } from './parts/adjusted-variables';
import { type Closers, makeClosers } from './parts/closers';
import { describeRun } from './parts/describe-run';
import { loadAssembly } from './parts/load-assembly';
import { readSiteUrl } from './parts/read-site-url';
import { partsToStart, readReplacements } from './parts/replacements';
import { secretValues } from './parts/secret-values';
import { seedUsers } from './parts/seed-users';
import { startChangePosts } from './parts/start-change-posts';
import { startDatabase } from './parts/start-database';
import { startDoubles } from './parts/start-doubles';
import { type Functions, startFunctions } from './parts/start-functions';
import { startLocalRealtime } from './parts/start-local-realtime';
import { startLocalSupabase } from './parts/start-local-supabase';
import { startQueues } from './parts/start-queues';
import { checkPorts } from './ports/check-ports';
import { freePort } from './ports/free-port';
import { FREE_PORTS } from './ports/ports';
import { relayPostgres } from './postgres/relay-postgres';
import { startRestartableQueue } from './queue/restartable-queue';
import { reloadFunctions } from './reload/reload-functions';
import { runSchedules, type Schedules } from './schedules/run-schedules';
import { startSecretsServer } from './secrets/start-secrets-server';
import { lockState } from './state/lock';
import { removeRunFile, writeRunFile } from './state/run-file';
import type { Tandem, TandemOptions } from './tandem';

const ROOT = join(__dirname, '..');
const AWS = { region: 'us-east-1', account: '000000000000' };
/** Calls in flight get this long at the end, in milliseconds. */
const GRACE_MS = 3_000;

/**
 * Starts the whole backend on 127.0.0.1: what the synthesized assembly says, with local parts in place of
 * AWS, Supabase, Stripe, PayPal and the mail provider.
 *
 * @throws Error with a fix when it cannot start; nothing stays behind then
 */
export async function startTandem(options: TandemOptions): Promise<Tandem> {
  const closers = makeClosers();
  const close = () => closers.closeAll((name, error) => options.log?.('error', `${name}: ${String(error)}`));
  try {
    return await startParts(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function startParts(
  options: TandemOptions,
  closers: Closers,
  close: () => Promise<void>,
): Promise<Tandem> {
  const { stateDir, log = () => undefined } = options;
  const replacements = readReplacements(options.env ?? {});
  const siteUrl = readSiteUrl(options.env ?? {});
  const wanted = partsToStart(replacements);
  const ports = { ...FREE_PORTS, ...options.ports };
  const lock = lockState(stateDir);
  closers.add('lock', lock.release);
  closers.add('run file', () => removeRunFile(stateDir));
  mkdirSync(join(stateDir, 'logs'), { recursive: true });
  await checkPorts(ports);

  // The slow things run while the quick ones start; each is awaited where it is needed.
  const loading = loadAssembly(ROOT, stateDir, options.assemblyDir, siteUrl, log);
  loading.catch(() => undefined);
  const onLog = (line: string) => appendFileSync(join(stateDir, 'logs', 'postgres.log'), `${line}\n`);
  const onDeath = (part: string, file: string) => () =>
    log('error', `${part} ended by itself. ${join(stateDir, 'logs', file)} may say why; start Tandem again.`);
  const starting = wanted.postgres
    ? startDatabase({
        root: ROOT,
        stateDir,
        port: ports.postgres,
        durable: options.durable !== false,
        onLog,
        onDeath: onDeath('Postgres', 'postgres.log'),
      })
    : Promise.resolve(undefined);
  closers.add('postgres', async () => (await starting.catch(() => undefined))?.close());

  const ready = Promise.withResolvers<{ functions: Functions; schedules: Schedules }>();
  ready.promise.catch(() => undefined);
  closers.addFirst('requests that wait', () => ready.reject(new Error('Tandem is stopping')));
  const queue = wanted.queue
    ? await startRestartableQueue({ ...AWS, port: ports.queue, file: join(stateDir, 'queue.sqlite') })
    : undefined;
  closers.add('queue', async () => queue?.close());
  const gateway = await startGateway({
    port: ports.gateway,
    api: async () => (await ready.promise).functions.api,
    invoke: async (arn, event) => (await ready.promise).functions.invoke(arn, event),
    intercept: async (request, response) =>
      (siteUrl === undefined && answerSite(request, response)) ||
      answerControl(async () => ({ ...(await ready.promise), queue }), request, response),
    onRequest: ({ method, path, status, durationMs, requestId }) =>
      log('request', `${method} ${path}`, { status, ms: durationMs, id: requestId.slice(0, 8) }),
  });
  closers.addFirst('gateway', gateway.close);
  const mail = await startMailCatcher({
    smtpPort: ports.smtp,
    httpPort: ports.mail,
    file: join(stateDir, 'mail.jsonl'),
    onMail: ({ subject, to }) => log('mail', `${subject} → ${to.join(', ')}`),
  });
  closers.add('mail', mail.close);
  const doublesDir = options.keepDoubles === false ? undefined : stateDir;
  const doubles = await startDoubles({
    ...wanted,
    ports,
    stateDir: doublesDir,
    gatewayUrl: gateway.url,
    log,
  });
  closers.add('doubles', doubles.close);

  const database = await starting;
  const { applied = [], seeded = false } = database?.migrations ?? {};
  if (applied.length > 0) log('step', `${applied.length} migrations applied${seeded ? ', seed loaded' : ''}`);
  const realtimePort = await freePort();
  const live = startLocalRealtime({
    database: wanted.supabase ? database : undefined,
    isWanted: options.realtime !== false,
    port: realtimePort,
    stateDir,
    onDeath: onDeath('Realtime', 'realtime.log'),
  });
  closers.add('realtime', async () => (await live.catch(() => undefined))?.close());
  const supabase =
    database && wanted.supabase
      ? await startLocalSupabase({
          port: ports.supabase,
          database,
          siteUrl: gateway.url,
          smtpPort: mail.smtpPort,
          realtimePort: options.realtime === false ? undefined : realtimePort,
          stateDir,
          confirmEmails: options.confirmEmails ?? false,
          onDeath: onDeath('Supabase', 'supabase.log'),
        })
      : undefined;
  closers.add('supabase', async () => supabase?.close());
  const realtime = await live;

  const sqsUrl = replacements.AWS_ENDPOINT_URL_SQS ?? queue?.url ?? '';
  const assembly = (await loading)({ ...AWS, queueUrl: (name) => `${sqsUrl}/${AWS.account}/${name}` });
  const relay = options.relayDatabase && database ? await relayPostgres(database.port) : undefined;
  closers.add('database relay', async () => relay?.close());
  const databaseUrl = database && ((role: string) => onPort(database.url(role), relay?.port));
  const sources = { replacements, databaseUrl, supabaseUrl: supabase?.url, doubles };
  const secrets = secretValues(assembly.secrets, sources);
  const secretsServer = await startSecretsServer({ port: ports.secrets, secrets: () => secrets });
  closers.add('secrets', secretsServer.close);

  const functions = startFunctions(assembly, {
    stateDir,
    region: AWS.region,
    log,
    environment: (fn) => ({
      AWS_ENDPOINT_URL_SQS: sqsUrl,
      AWS_ENDPOINT_URL_SESV2: replacements.AWS_ENDPOINT_URL_SESV2 ?? mail.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsServer.url,
      ...(options.watchSockets && { TANDEM_WATCH_SOCKETS: 'on' }),
      // The template names the site of its stage; here the site is wherever this gateway listens.
      ...(fn.environment.SITE_URL !== undefined && { SITE_URL: siteUrl ?? gateway.url }),
      ...adjustedVariables(fn.environment, options.env),
    }),
    ...(options.maxInstances !== undefined && { maxInstances: options.maxInstances }),
  });
  closers.add('functions', () => functions.close(GRACE_MS));
  const queues = await startQueues(assembly, { endpoint: sqsUrl, region: AWS.region, functions, log });
  closers.add('pollers', queues.close);
  const schedules = runSchedules({ ...AWS, schedules: assembly.schedules, invoke: functions.invoke, log });
  closers.add('schedules', schedules.close);
  if (database) {
    const posts = await startChangePosts({ database, gatewayUrl: gateway.url, log });
    closers.add('change posts', posts.close);
  }
  ready.resolve({ functions, schedules });
  if (options.watch) {
    const watcher = reloadFunctions({ root: ROOT, stateDir, functions: functions.byName, log });
    closers.add('watcher', watcher.close);
  }

  if (options.seedUsers !== false && database && supabase) {
    const made = await seedUsers(gateway.url, database.url());
    if (made.length > 0) log('step', `signed up ${made.join(' and ')}`);
  }
  const parts = {
    gateway,
    database,
    supabase,
    realtime,
    mail,
    queue,
    secretsUrl: secretsServer.url,
    doubles,
    replacements,
  };
  const info = describeRun(parts);
  writeRunFile(stateDir, info);
  const { byName, invoke } = functions;
  return {
    info,
    assembly,
    functions: byName,
    invoke,
    schedules,
    mail,
    doubles,
    database,
    databaseRelay: relay,
    supabase,
    realtime,
    queue,
    close,
  };
}

/** The same database on another port. */
function onPort(url: string, port: number | undefined): string {
  if (port === undefined) return url;
  const moved = new URL(url);
  moved.port = String(port);
  return moved.href;
}
