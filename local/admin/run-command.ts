import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { changeRole, listRoles, type Role } from './change-role';

export const USAGE = `npm run admin -- grant EMAIL [--role support|admin]   give a role; admin unless told otherwise
npm run admin -- revoke EMAIL                         make an ordinary user again
npm run admin -- list                                 everybody with a role

The database is that of the running Tandem, or DATABASE_URL: as the owner of the tables (role postgres).
`;

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
  const { command, email, role } = readArguments(args);
  const client = await connect(options.databaseUrl);
  try {
    if (command === 'list') return await list(client);
    const wanted = command === 'grant' ? role : null;
    const { was, changed } = await changeRole(client, { email, role: wanted, operator: options.operator });
    const name = wanted ?? 'an ordinary user';
    return changed
      ? `${email} is ${name} now (was ${was ?? 'an ordinary user'}).\n`
      : `${email} is ${name} already.\n`;
  } catch (error) {
    throw explain(error);
  } finally {
    await client.end();
  }
};

interface Asked {
  readonly command: 'grant' | 'revoke' | 'list';
  readonly email: string;
  readonly role: Role;
}

const readArguments = (args: readonly string[]): Asked => {
  const { values, positionals } = parse(args);
  const [command, email = '', ...more] = positionals;
  const role = values.role ?? 'admin';
  if (command !== 'grant' && command !== 'revoke' && command !== 'list') throw new Error(USAGE);
  if (more.length > 0 || (email === '') !== (command === 'list')) throw new Error(USAGE);
  if (values.role !== undefined && command !== 'grant') throw new Error(USAGE);
  if (role !== 'support' && role !== 'admin')
    throw new Error(`No such role: ${role}. There are support and admin.`);
  return { command, email: email.toLowerCase(), role };
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: { role: { type: 'string' } }, allowPositionals: true });
  } catch (cause) {
    throw new Error(USAGE, { cause });
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
  '42501': 'This database role may not write roles. Connect as the owner of the tables (postgres).',
};

const explain = (error: unknown): Error => {
  const code = String(Object(error).code);
  const known = SQLSTATES[code];
  return known === undefined && error instanceof Error
    ? error
    : new Error(known ?? String(error), { cause: error });
};
