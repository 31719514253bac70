import { FUNCTION_NAMES, FUNCTIONS } from '../../lib/function-catalogue';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import { type Statement, statementsOf } from '../support/recorded-statements';

/**
 * What each function's role may do in the database against what its function asks of it. Postgres itself is the judge: it
 * checks a statement's rights when it explains it, without running it. A right that no statement misses once it is revoked
 * is not used.
 */
const DENIED = '42501'; // insufficient_privilege

/** The functions that connect as each role, by the secret that holds the role's address. */
const functionsOfRole = new Map<string, (typeof FUNCTION_NAMES)[number][]>();
for (const name of FUNCTION_NAMES) {
  for (const secret of FUNCTIONS[name].secrets) {
    const [, service] = /^Database(\w+)$/.exec(secret) ?? [];
    if (service === undefined) continue;
    const role = `tandem_${service.toLowerCase()}`;
    functionsOfRole.set(role, [...(functionsOfRole.get(role) ?? []), name]);
  }
}

interface Grant {
  /** As in REVOKE: `select (id) on table private.inbox`. */
  readonly text: string;
  /** The object's bare name, which a statement that needs the grant contains; null where that cannot be said. */
  readonly object: string | null;
}

/** What stands in a bundle and is never asked for there, by a text of it and why. */
const NEVER_SENT: Readonly<Record<string, readonly string[]>> = {
  // Keeps the answer to a request with an Idempotency-Key: the queue and the schedules have no request.
  tandem_reconcile: ['from answered) as is_answered'],
  // Gives a call back to an account that was counted as a stranger's: only signing in does.
  tandem_payment: ['private.give_back_to_limit'],
  tandem_files: ['private.give_back_to_limit'],
};

let database: PaymentDatabase;
beforeAll(async () => {
  database = await openPaymentDatabase();
});
afterAll(() => database.close());

const statementsOfRole = async (role: string): Promise<readonly Statement[]> => {
  const all = (await Promise.all((functionsOfRole.get(role) ?? []).map(statementsOf))).flat();
  return all.filter(({ text }) => !(NEVER_SENT[role] ?? []).some((part) => text.includes(part)));
};

/** Every right that was given to the role by name. */
const grantsOf = async (role: string): Promise<readonly Grant[]> => {
  const { rows } = await database.admin.query<Grant>(
    `select format('%s on %s %I.%I', lower(a.privilege_type),
              case c.relkind when 'S' then 'sequence' else 'table' end, n.nspname, c.relname) as text,
            c.relname as object
     from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
     where a.grantee = $1::text::regrole
     union all
     select format('%s (%I) on table %I.%I', lower(a.privilege_type), t.attname, n.nspname, c.relname), c.relname
     from pg_attribute t join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace,
       aclexplode(t.attacl) a
     where a.grantee = $1::text::regrole and not t.attisdropped
     union all
     select format('%s on function %s', lower(a.privilege_type), p.oid::regprocedure), p.proname
     from pg_proc p, aclexplode(p.proacl) a where a.grantee = $1::text::regrole
     union all
     select format('%s on schema %I', lower(a.privilege_type), n.nspname), null
     from pg_namespace n, aclexplode(n.nspacl) a where a.grantee = $1::text::regrole`,
    [role],
  );
  return rows;
};

/** Whether the role may not run at least one of these, once something was taken from it. */
const isDeniedAny = (
  role: string,
  statements: readonly Statement[],
  revoke: string | null,
): Promise<Statement | null> =>
  database.admin.withConnection(async (connection) => {
    await connection.query('begin');
    try {
      if (revoke !== null) await connection.query(`revoke ${revoke} from ${role}`);
      await connection.query(`set local role ${role}`);
      for (const statement of statements) {
        try {
          await connection.query(`explain (generic_plan) ${statement.text}`);
        } catch (error) {
          if ((error as { code?: string }).code === DENIED) return statement;
          throw new Error(`${statement.file}: ${String(error)}`);
        }
      }
      return null;
    } finally {
      await connection.query('rollback');
    }
  });

describe.each([...functionsOfRole.keys()])('%s', (role) => {
  test('may do everything that its functions ask', async () => {
    const statements = await statementsOfRole(role);
    expect(statements.length).toBeGreaterThan(0);
    expect(await isDeniedAny(role, statements, null)).toBeNull();
  });

  test('may do nothing that no function asks', async () => {
    const statements = await statementsOfRole(role);
    const unused: string[] = [];
    for (const { text, object } of await grantsOf(role)) {
      const concerned = statements.filter((statement) => object === null || statement.text.includes(object));
      // Checked by nextval itself, when it runs.
      const isTaken = text.includes('on sequence') && concerned.some((one) => one.text.includes('nextval('));
      if (!isTaken && (await isDeniedAny(role, concerned, text)) === null) unused.push(text);
    }
    expect(unused).toEqual([]);
  });
});

test('a function without an address in its secrets has no statement', async () => {
  const connected = [...functionsOfRole.values()].flat();
  for (const name of FUNCTION_NAMES.filter((one) => !connected.includes(one))) {
    expect([name, await statementsOf(name)]).toEqual([name, []]);
  }
});
