import type { TableAccess } from '../declaration';
import { BOTH } from '../people';

const PROMISE = {
  id: 'gen_random_uuid()',
  sealed: `decode(repeat('00', 40), 'hex')`,
  expires_at: 'now()',
};

/** What is sent later. */
export const mailTables: readonly TableAccess[] = [
  {
    name: 'private.pending_mails',
    whose: 'id',
    rows: `insert into private.pending_mails (id, sealed, expires_at) select id, ${PROMISE.sealed}, now() from ${BOTH}`,
    inserts: { promised: PROMISE, 'claimed already': { ...PROMISE, claimed_until: 'now()' } },
    updates: { touch: { claimed_until: 'now()' }, rewrite: { sealed: PROMISE.sealed } },
    may: {
      tandem_auth: {
        select: '*',
        insert: '*',
        update: 'claimed_until',
        delete: '*',
        refused: ['insert claimed already'],
      },
    },
  },
];
