/** Two users with rows in every table that knows users, and one without any, to whom rows could be moved. */
export const OWNER = 'aaaaaaaa-0000-4000-8000-000000000000';
export const OTHER = 'bbbbbbbb-0000-4000-8000-000000000000';
export const HEIR = 'dddddddd-0000-4000-8000-000000000000';

/** The payments of the two, and one whose account is gone. */
export const OWNERS_PAYMENT = 'aaaaaaaa-0000-4000-8000-00000000000f';
export const OTHERS_PAYMENT = 'bbbbbbbb-0000-4000-8000-00000000000f';
export const ORPHAN_PAYMENT = 'cccccccc-0000-4000-8000-00000000000f';

/** Names of rows by how their text begins: an id as above, or the name itself. */
const NAMES: Readonly<Record<string, string>> = {
  aaaaaaaa: 'owner',
  bbbbbbbb: 'other',
  cccccccc: 'orphan',
  dddddddd: 'heir',
  eeeeeeee: 'ended',
  ffffffff: 'expired',
  '5ba4ed00': 'shared',
  '0ea41100': 'early',
  '01a7e000': 'late',
};

/** For `insert ... select`: a row for each of the two, with name, id and payment. */
export const BOTH = `(values ('owner', '${OWNER}'::uuid, '${OWNERS_PAYMENT}'::uuid),
  ('other', '${OTHER}'::uuid, '${OTHERS_PAYMENT}'::uuid)) as p(name, id, payment)`;

/** SQL that names a row by the part of its text before the first hyphen. */
export const naming = (whose: string): string => {
  const start = `split_part((${whose})::text, '-', 1)`;
  const cases = Object.entries(NAMES).map(([prefix, name]) => `when '${prefix}' then '${name}'`);
  return `case ${start} ${cases.join(' ')} else ${start} end`;
};

/**
 * Who asks: the Postgres role, and the claims as the Data API would put them into the transaction. What is no subject is
 * forged on purpose, because it must decide nothing.
 */
const forged = { role: 'service_role', app_metadata: { role: 'admin' }, user_metadata: { role: 'admin' } };

export const CALLERS = {
  anon: { role: 'anon', me: OWNER, claims: { ...forged, sub: OWNER } },
  owner: { role: 'authenticated', me: OWNER, claims: { ...forged, sub: OWNER } },
  other: { role: 'authenticated', me: OTHER, claims: { ...forged, sub: OTHER } },
  'no subject': { role: 'authenticated', me: OWNER, claims: forged },
  service_role: { role: 'service_role', me: OWNER, claims: { role: 'service_role' } },
  tandem_auth: { role: 'tandem_auth', me: OWNER, claims: { ...forged, sub: OWNER } },
  tandem_payment: { role: 'tandem_payment', me: OWNER, claims: { ...forged, sub: OWNER } },
  tandem_reconcile: { role: 'tandem_reconcile', me: OWNER, claims: { ...forged, sub: OWNER } },
  tandem_health: { role: 'tandem_health', me: OWNER, claims: { ...forged, sub: OWNER } },
  tandem_files: { role: 'tandem_files', me: OWNER, claims: { ...forged, sub: OWNER } },
  tandem_notification: { role: 'tandem_notification', me: OWNER, claims: { ...forged, sub: OWNER } },
} as const;

export type Caller = keyof typeof CALLERS;
export type Role = (typeof CALLERS)[Caller]['role'];

export const callers = Object.keys(CALLERS) as readonly Caller[];

/** The role that passes row-level security by attribute; grants alone hold it. */
export const BYPASSES: Role = 'service_role';

export const roles: readonly Role[] = [...new Set(callers.map((caller) => CALLERS[caller].role))];
