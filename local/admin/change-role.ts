import type { Client } from 'pg';
import { findUser } from './find-user';

export type Role = 'support' | 'admin';

/** An account with more power than a user's. */
export interface RoleHolder {
  readonly email: string;
  readonly role: Role;
  readonly grantedAt: Date;
}

export interface RoleChange {
  readonly was: Role | null;
  readonly changed: boolean;
}

/**
 * Gives an account a role, or takes it with null, as the owner of the database; the line in the audit log names the
 * operating-system user. Both or neither. A role it has already changes nothing and leaves no line.
 *
 * @throws Error for an address that no account has, or more than one
 */
export const changeRole = async (
  client: Client,
  asked: { readonly email: string; readonly role: Role | null; readonly operator: string },
): Promise<RoleChange> => {
  await client.query('begin');
  try {
    const userId = await findUser(client, asked.email);
    const { rows } = await client.query<{ role: Role }>(
      'select role from private.roles where user_id = $1 for update',
      [userId],
    );
    const was = rows[0]?.role ?? null;
    const changed = was !== asked.role;
    if (changed) await write(client, { ...asked, userId, was });
    await client.query('commit');
    return { was, changed };
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
};

const write = async (
  client: Client,
  change: {
    readonly userId: string;
    readonly role: Role | null;
    readonly was: Role | null;
    readonly operator: string;
  },
): Promise<void> => {
  const { userId, role, was, operator } = change;
  await (role === null
    ? client.query('delete from private.roles where user_id = $1', [userId])
    : client.query(
        `insert into private.roles (user_id, role) values ($1, $2)
         on conflict (user_id) do update set role = excluded.role, granted_by = null, granted_at = now()`,
        [userId, role],
      ));
  await client.query(
    `insert into private.audit_log (actor_role, actor_name, action, target, before, after)
     values ('command_line', $1, 'roles.change', $2, json_build_object('role', $3::text), json_build_object('role', $4::text))`,
    [operator, userId, was ?? 'user', role ?? 'user'],
  );
};

/** Everybody with a role, admins first. */
export const listRoles = async (client: Client): Promise<readonly RoleHolder[]> => {
  const { rows } = await client.query<RoleHolder>(
    `select coalesce(u.email, u.id::text) as email, r.role, r.granted_at as "grantedAt"
     from private.roles r join auth.users u on u.id = r.user_id order by r.role, email`,
  );
  return rows;
};
