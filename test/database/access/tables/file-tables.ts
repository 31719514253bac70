import type { TableAccess } from '../declaration';
import { BOTH, HEIR, OWNER } from '../people';

const FILE = {
  id: 'gen_random_uuid()',
  user_id: `'${OWNER}'`,
  purpose: `'attachment'`,
  name: `'x'`,
  declared_type: `'text/plain'`,
  size_bytes: '1',
};

/** What was uploaded; the objects themselves are Storage's (test/flow/files.test.ts). */
export const fileTables: readonly TableAccess[] = [
  {
    name: 'public.files',
    whose: 'id',
    rows: `insert into public.files (id, user_id, purpose, name, declared_type, size_bytes, status, reason, decided_at)
           select id, id, 'attachment', name, 'text/plain', 1, 'pending', null, null::timestamptz from ${BOTH}
           union all values ('eeeeeeee-0000-4000-8000-000000000000'::uuid, '${HEIR}'::uuid, 'attachment', 'x',
             'text/plain', 0, 'refused', 'empty', now())`,
    inserts: { asked: FILE, accepted: { ...FILE, status: `'accepted'` } },
    updates: {
      touch: { completed_at: 'now()' },
      rename: { name: `'y'` },
      give: { user_id: `'${HEIR}'` },
    },
    may: {
      authenticated: { select: '*', rows: 'own' },
      tandem_files: {
        select: '*',
        insert: 'id user_id purpose name declared_type size_bytes',
        update: 'type size_bytes status reason bucket object_key sha256 width height completed_at decided_at',
        delete: '*',
        rows: { update: ['other', 'owner'] },
        refused: ['insert accepted'],
      },
    },
  },
];
