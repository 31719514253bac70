import { Client } from 'pg';
import { changeRole, listRoles } from './change-role';
import { givePlan } from './give-plan';
import { readArguments } from './read-arguments';

export interface CommandOptions {
  /** As the owner of the tables; undefined where no database is known. */
  readonly databaseUrl: string | undefined;
  /** Who the audit log says it was: the operating-system user. */
  readonly operator: string;
}

/**
 * Does what the arguments of `npm run admin` say and answers what to print.
 *
 * @throws Error whose message is for people: a wrong command, an unknown address, a database that does not answer
 */
export const runCommand = async (args: readonly string[], options: CommandOptions): Promise<string> => {
  const asked = readArguments(args);
  const client = await connect(options.databaseUrl);
  try {
    if (asked.command === 'list') return await list(client);
    return asked.command === 'plan'
      ? await changePlan(client, { ...asked, operator: options.operator })
      : await changeRoleOf(client, { ...asked, operator: options.operator });
  } catch (error) {
    throw explain(error);
  } finally {
    await client.end();
  }
};

const connect = async (databaseUrl: string | undefined): Promise<Client> => {
  if (databaseUrl === undefined || databaseUrl === '')
    throw new Error(
      'Tandem is not running. Start it with `npm start`, or name a database: DATABASE_URL=postgres://…',
    );
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  // A connection that breaks fails the statement, too.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message || String(Object(cause).code) : String(cause);
    throw new Error(`The database at ${addressOf(databaseUrl)} does not answer: ${reason}`, { cause });
  }
  return client;
};

/** Without user and password. */
const addressOf = (databaseUrl: string): string =>
  URL.canParse(databaseUrl) ? new URL(databaseUrl).host : 'DATABASE_URL';

const changeRoleOf = async (client: Client, asked: Parameters<typeof changeRole>[1]): Promise<string> => {
  const { was, changed } = await changeRole(client, asked);
  const name = asked.role ?? ORDINARY;
  return changed
    ? `${asked.email} is ${name} now (was ${was ?? ORDINARY}).\n`
    : `${asked.email} is ${name} already.\n`;
};

const ORDINARY = 'an ordinary user';

const changePlan = async (client: Client, asked: Parameters<typeof givePlan>[1]): Promise<string> => {
  const { was, changed } = await givePlan(client, asked);
  return changed
    ? `${asked.email} has the plan ${asked.plan} now (had ${was}).\n`
    : `${asked.email} has the plan ${asked.plan} already.\n`;
};

const list = async (client: Client): Promise<string> => {
  const holders = await listRoles(client);
  if (holders.length === 0) return 'Nobody has a role. npm run admin -- grant EMAIL\n';
  return holders
    .map(({ email, role, grantedAt }) => `${role.padEnd(8)} ${email}  since ${grantedAt.toISOString()}\n`)
    .join('');
};

const SQLSTATES: Readonly<Record<string, string>> = {
  '42P01': 'This database has no such tables: the migrations have not been applied.',
  '3F000': 'This database has no such tables: the migrations have not been applied.',
  '42501': 'This database role may not write roles and plans. Connect as the owner of the tables (postgres).',
};

const explain = (error: unknown): Error => {
  const code = String(Object(error).code);
  const known = SQLSTATES[code];
  return known === undefined && error instanceof Error
    ? error
    : new Error(known ?? String(error), { cause: error });
};
