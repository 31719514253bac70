import type { TableAccess } from '../declaration';
import { BOTH, HEIR, OTHER, OWNER } from '../people';

/** Both are in it, and the other owns it; and one that nobody is in. Their own have the ids of the two. */
export const SHARED = '5ba4ed00-0000-4000-8000-000000000000';
const LEFT = 'cccccccc-0000-4000-8000-000000000000';

/** Memberships in the shared one: the owner's (since position 5) and the other's. */
const OWNER_IN_SHARED = '5ba4ed0a';
const OTHER_IN_SHARED = '5ba4ed0b';

/** Messages there: by the other before the owner came, and by the owner afterwards. */
export const EARLY = '0ea41100-0000-4000-8000-000000000000';
export const LATE = '01a7e000-0000-4000-8000-000000000000';

const NOBODY = { rows: [] } as const;
const MESSAGE = { conversation_id: '$me', body: `'x'` };

/** Who talks with whom, and what they say. */
export const talkTables: readonly TableAccess[] = [
  {
    name: 'public.conversations',
    whose: 'id',
    rows: `insert into public.conversations (id, last_position)
           select id, 1 from ${BOTH} union all values ('${SHARED}'::uuid, 6), ('${LEFT}', 1)`,
    inserts: { made: { title: `'Mine'` } },
    updates: {
      touch: { title: `'Changed'` },
      rewind: { last_position: '0' },
      give: { id: `'${HEIR}'` },
    },
    may: {
      authenticated: {
        select: '*',
        update: 'title',
        refused: ['update give'],
        byCaller: {
          owner: { rows: { select: ['owner', 'shared'], update: ['owner'] } },
          other: { rows: { select: ['other', 'shared'], update: ['other', 'shared'] } },
          'no subject': NOBODY,
        },
      },
    },
  },
  {
    name: 'public.conversation_members',
    whose: 'id',
    rows: `insert into public.conversation_members (id, conversation_id, user_id, role, visible_after)
           select id, id, id, 'owner', 0 from ${BOTH} union all values
             ('${OWNER_IN_SHARED}-0000-4000-8000-000000000000'::uuid, '${SHARED}'::uuid, '${OWNER}'::uuid, 'member', 5),
             ('${OTHER_IN_SHARED}-0000-4000-8000-000000000000', '${SHARED}', '${OTHER}', 'owner', 0)`,
    inserts: { made: { conversation_id: '$me', user_id: `'${HEIR}'` } },
    updates: {
      touch: { last_read_position: '1' },
      promote: { role: `'member'` },
      give: { user_id: `'${HEIR}'` },
    },
    may: {
      tandem_notification: { select: 'id conversation_id user_id visible_after last_read_position' },
      authenticated: {
        select: '*',
        update: 'last_read_position',
        delete: '*',
        refused: ['update give'],
        byCaller: {
          owner: {
            rows: {
              select: ['owner', OWNER_IN_SHARED, OTHER_IN_SHARED],
              update: ['owner', OWNER_IN_SHARED],
              delete: ['owner', OWNER_IN_SHARED],
            },
          },
          other: {
            rows: {
              select: ['other', OWNER_IN_SHARED, OTHER_IN_SHARED],
              update: ['other', OTHER_IN_SHARED],
              delete: ['other', OWNER_IN_SHARED, OTHER_IN_SHARED],
            },
          },
          'no subject': NOBODY,
        },
      },
    },
  },
  {
    name: 'public.messages',
    whose: 'id',
    rows: `insert into public.messages (id, conversation_id, position, sender_id, body)
           select id, id, 1, id, name from ${BOTH} union all values
             ('${EARLY}'::uuid, '${SHARED}'::uuid, 1, '${OTHER}'::uuid, 'early'),
             ('${LATE}', '${SHARED}', 6, '${OWNER}', 'late'),
             ('${LEFT}', '${LEFT}', 1, '${OWNER}', 'left')`,
    inserts: {
      own: MESSAGE,
      'as another': { ...MESSAGE, sender_id: `'${HEIR}'` },
      elsewhere: { ...MESSAGE, conversation_id: `'${LEFT}'` },
    },
    updates: {
      touch: { body: `'Changed'` },
      delete: { body: 'null', deleted_at: 'now()' },
      give: { sender_id: `'${HEIR}'` },
    },
    may: {
      tandem_notification: { select: 'id conversation_id position sender_id deleted_at' },
      authenticated: {
        select: '*',
        insert: 'id conversation_id body attachment_file_id',
        update: 'body deleted_at',
        refused: ['insert as another', 'insert elsewhere', 'update give'],
        byCaller: {
          owner: { rows: { select: ['owner', 'late'], update: ['owner', 'late'] } },
          other: { rows: { select: ['other', 'early', 'late'], update: ['other', 'early'] } },
          'no subject': { ...NOBODY, refused: ['insert own', 'insert as another', 'insert elsewhere'] },
        },
      },
    },
  },
  {
    name: 'public.user_blocks',
    whose: 'user_id',
    rows: `insert into public.user_blocks (user_id, blocked_id) select id, gen_random_uuid() from ${BOTH}`,
    inserts: {
      own: { blocked_id: 'gen_random_uuid()' },
      'as another': { user_id: `'${HEIR}'`, blocked_id: 'gen_random_uuid()' },
    },
    updates: { touch: { created_at: 'now()' } },
    may: {
      tandem_notification: { select: 'user_id blocked_id' },
      authenticated: {
        select: '*',
        insert: 'blocked_id',
        delete: '*',
        rows: 'own',
        refused: ['insert as another'],
        byCaller: { 'no subject': { refused: ['insert own', 'insert as another'] } },
      },
    },
  },
  {
    name: 'private.message_edits',
    whose: 'message_id',
    rows: `insert into private.message_edits (message_id, replaced_at, body) select id, now(), name from ${BOTH}`,
    inserts: { kept: { message_id: `'${OWNER}'`, replaced_at: `'2000-01-01'`, body: `'x'` } },
    updates: { touch: { body: `'Changed'` } },
    may: {},
  },
];
