import type { Role } from './people';

/** The authenticator comes in by what everybody has, and becomes one of the roles. */
type Held = Partial<Record<Role | 'authenticator', readonly string[]>>;

const SERVICES_USE: Held = {
  tandem_auth: ['USAGE'],
  tandem_payment: ['USAGE'],
  tandem_reconcile: ['USAGE'],
  tandem_health: ['USAGE'],
  tandem_files: ['USAGE'],
  tandem_notification: ['USAGE'],
};

/** Schemas of ours and the neighbours that no function may enter. Supabase gives its own roles theirs. */
export const schemas: Readonly<Record<string, Held>> = {
  public: {
    anon: ['USAGE'],
    authenticated: ['USAGE'],
    service_role: ['USAGE'],
    authenticator: ['USAGE'],
    ...SERVICES_USE,
  },
  private: { ...SERVICES_USE, tandem_health: [] },
  auth: { anon: ['USAGE'], authenticated: ['USAGE'], service_role: ['USAGE'] },
  analytics: {},
  exports: {},
  extensions: { anon: ['USAGE'], authenticated: ['USAGE'], service_role: ['USAGE'] },
  supabase_migrations: {},
};

/** Sequences of public and private. An identity column needs no grant. */
export const sequences: Readonly<Record<string, Held>> = {
  'private.audit_log_id_seq': {},
  'private.past_accounts_id_seq': {},
  'private.inbox_positions': { tandem_payment: ['USAGE'], tandem_reconcile: ['USAGE'] },
};
