import type { TableAccess } from '../declaration';
import { BOTH } from '../people';

/** What has changed, and whether it was handled: the other's was. The messages of talkTables are recorded here as well. */
export const changeTables: readonly TableAccess[] = [
  {
    name: 'private.changes',
    whose: 'id',
    rows: `insert into private.changes (id, table_name, operation, key, handled_at)
           select id, 'messages', 'INSERT', '{"id": "x"}', case name when 'owner' then null else now() end from ${BOTH}`,
    inserts: { made: { table_name: `'messages'`, operation: `'INSERT'`, key: `'{}'` } },
    updates: { touch: { handled_at: 'now()' }, rewrite: { key: `'{"id": "y"}'` } },
    may: {
      tandem_payment: { select: 'id table_name operation key attempts changed_at handled_at' },
      tandem_notification: {
        select: '*',
        update: 'attempts handled_at sweep_after',
        delete: '*',
        rows: { delete: ['other'] },
      },
    },
  },
];
