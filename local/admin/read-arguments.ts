import { parseArgs } from 'node:util';
import type { Role } from './change-role';

export const USAGE = `npm run admin -- grant EMAIL [--role support|admin]   give a role; admin unless told otherwise
npm run admin -- revoke EMAIL                         make an ordinary user again
npm run admin -- list                                 everybody with a role
npm run admin -- plan EMAIL PLAN                      give a plan that nobody bills; \`free\` takes it away

The database is that of the running Tandem, or DATABASE_URL: as the owner of the tables (role postgres).
`;

/** What is to be done; addresses in lower case. */
export type Asked =
  | { readonly command: 'list' }
  /** Null: an ordinary user's. */
  | { readonly command: 'role'; readonly email: string; readonly role: Role | null }
  | { readonly command: 'plan'; readonly email: string; readonly plan: string };

/** @throws Error that says how the command is used, or which roles there are */
export const readArguments = (args: readonly string[]): Asked => {
  const { values, positionals } = parse(args);
  const [command = '', ...rest] = positionals;
  const wanted = WORDS[command];
  if (wanted === undefined || rest.length !== wanted || rest.includes('')) throw new Error(USAGE);
  if (values.role !== undefined && command !== 'grant') throw new Error(USAGE);
  const [email = '', plan = ''] = rest;
  if (command === 'list') return { command };
  if (command === 'plan') return { command, email: email.toLowerCase(), plan };
  const role = command === 'revoke' ? null : readRole(values.role ?? 'admin');
  return { command: 'role', email: email.toLowerCase(), role };
};

/** How many words follow each command. */
const WORDS: Readonly<Record<string, number>> = { grant: 1, revoke: 1, list: 0, plan: 2 };

const readRole = (role: string): Role => {
  if (role !== 'support' && role !== 'admin')
    throw new Error(`No such role: ${role}. There are support and admin.`);
  return role;
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: { role: { type: 'string' } }, allowPositionals: true });
  } catch (cause) {
    throw new Error(USAGE, { cause });
  }
};
