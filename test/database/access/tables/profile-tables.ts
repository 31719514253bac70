import type { TableAccess } from '../declaration';
import { BOTH, HEIR } from '../people';

const CHOICES = 'locale theme timezone email_receipts email_subscription_reminders email_product_news';

/** What users see and change of themselves. */
export const profileTables: readonly TableAccess[] = [
  {
    name: 'public.user_profiles',
    whose: 'id',
    rows: `insert into public.user_profiles (id, name) select id, name from ${BOTH}`,
    inserts: { made: { id: `'${HEIR}'`, email: `'x@example.test'`, name: `'X'` } },
    updates: {
      touch: { name: `'Changed'` },
      give: { id: `'${HEIR}'` },
      readdress: { email: `'x@example.test'` },
    },
    may: {
      authenticated: {
        select: '*',
        update: 'name avatar_url avatar_file_id metadata',
        rows: 'own',
        refused: ['update give'],
      },
      tandem_auth: {
        select: '*',
        insert: 'id email name',
        update: 'email name avatar_url avatar_file_id metadata',
      },
    },
  },
  {
    name: 'public.user_preferences',
    whose: 'user_id',
    rows: `insert into public.user_preferences (user_id) select id from ${BOTH}`,
    inserts: { made: { user_id: `'${HEIR}'` } },
    updates: { touch: { theme: `'dark'` }, give: { user_id: `'${HEIR}'` } },
    may: {
      authenticated: { select: '*', update: CHOICES, rows: 'own', refused: ['update give'] },
      tandem_auth: { select: '*', insert: 'user_id', update: CHOICES },
    },
  },
];
