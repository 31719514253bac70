import { HEIR, OTHER, OWNER } from '../database/access/people';
import { KINDS } from '../database/access/tables/notification-tables';
import { EARLY, LATE, SHARED } from '../database/access/tables/talk-tables';

/**
 * What Supabase's own Data API gives whom of the rows of test/database/access; every operation is tried on all of them at once.
 * What is not said here is refused with 42501.
 */
export const KEYS = ['anon', 'owner', 'other', 'no subject', 'secret'] as const;
export type Key = (typeof KEYS)[number];
export type Operation = 'select' | 'insert' | 'update' | 'delete' | `update ${string}`;

interface Api {
  /** The column that names a row, and the names of those that stand there. */
  readonly key: string;
  readonly insert: Readonly<Record<string, unknown>>;
  readonly updates: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Which rows are seen or changed, or the code of another refusal than 42501. */
  readonly may: Partial<Record<Key, Partial<Record<Operation, readonly string[] | string>>>>;
}

const PRICES = ['donation', 'pro', 'shown', 'team', 'tokyo-guide'];
const seen = { select: PRICES };

export const OWNERS_PAYMENT = 'aaaaaaaa-0000-4000-8000-00000000000f';
export const OTHERS_PAYMENT = 'bbbbbbbb-0000-4000-8000-00000000000f';

const METERS = { select: ['api_calls', 'exports'] };
const PLANS = { select: ['free', 'pro', 'team'] };
const QUOTAS = { select: ['free', 'free', 'pro', 'pro', 'team'] };

/** Where users see what is theirs and change nothing. */
const ownRows: Api['may'] = {
  owner: { select: [OWNER] },
  other: { select: [OTHER] },
  'no subject': { select: [] },
};

export const apis: Readonly<Record<string, Api>> = {
  user_profiles: {
    key: 'id',
    insert: { id: HEIR, name: 'X' },
    updates: { name: { name: 'Changed' }, owner: { id: HEIR }, email: { email: 'x@example.test' } },
    may: {
      owner: { select: [OWNER], 'update name': [OWNER] },
      other: { select: [OTHER], 'update name': [OTHER] },
      'no subject': { select: [], 'update name': [] },
    },
  },
  user_preferences: {
    key: 'user_id',
    insert: { user_id: HEIR },
    updates: { theme: { theme: 'dark' }, owner: { user_id: HEIR } },
    may: {
      owner: { select: [OWNER], 'update theme': [OWNER] },
      other: { select: [OTHER], 'update theme': [OTHER] },
      'no subject': { select: [], 'update theme': [] },
    },
  },
  prices: {
    key: 'id',
    insert: { id: 'mine', name: 'Mine', currency: 'USD', amount_minor: 1 },
    updates: { amount: { amount_minor: 1 } },
    may: { anon: seen, owner: seen, other: seen, 'no subject': seen },
  },
  payments: {
    key: 'id',
    insert: {
      id: HEIR,
      user_id: OWNER,
      provider: 'stripe',
      price_id: 'pro',
      currency: 'USD',
      amount_minor: 1,
    },
    updates: { status: { status: 'succeeded' }, owner: { user_id: HEIR }, note: { description: 'x' } },
    may: {
      owner: { select: [OWNERS_PAYMENT] },
      other: { select: [OTHERS_PAYMENT] },
      'no subject': { select: [] },
    },
  },
  user_blocks: {
    key: 'user_id',
    insert: { blocked_id: HEIR },
    updates: { time: { created_at: '2000-01-01' } },
    may: {
      owner: { select: [OWNER], insert: [OWNER], delete: [OWNER, OWNER] },
      other: { select: [OTHER], insert: [OTHER], delete: [OTHER, OTHER] },
      'no subject': { select: [], delete: [] },
    },
  },
  conversations: {
    key: 'id',
    insert: { title: 'Mine' },
    updates: { title: { title: 'Changed' }, position: { last_position: 0 } },
    may: {
      owner: { select: [SHARED, OWNER], 'update title': [OWNER] },
      other: { select: [SHARED, OTHER], 'update title': [SHARED, OTHER] },
      'no subject': { select: [], 'update title': [] },
    },
  },
  messages: {
    key: 'id',
    insert: { id: HEIR, conversation_id: SHARED, body: 'Hello' },
    updates: { body: { body: 'Changed' }, sender: { sender_id: HEIR } },
    may: {
      owner: { select: [LATE, OWNER], insert: [HEIR], 'update body': [LATE, OWNER, HEIR] },
      other: { select: [LATE, EARLY, OTHER, HEIR], insert: '23505', 'update body': [EARLY, OTHER] },
      'no subject': { select: [], 'update body': [] },
    },
  },
  conversation_members: {
    key: 'user_id',
    insert: { conversation_id: OWNER, user_id: HEIR },
    updates: { marker: { last_read_position: 1 }, role: { role: 'owner' } },
    may: {
      owner: { select: [OWNER, OWNER, OTHER], 'update marker': [OWNER, OWNER], delete: [OWNER, OWNER] },
      // The owner has left the shared one by then.
      other: { select: [OTHER, OTHER], 'update marker': [OTHER, OTHER], delete: [OTHER, OTHER] },
      'no subject': { select: [], 'update marker': [], delete: [] },
    },
  },
  files: {
    key: 'id',
    insert: { user_id: OWNER, purpose: 'attachment', name: 'x', declared_type: 'text/plain', size_bytes: 1 },
    updates: { name: { name: 'y' }, status: { status: 'accepted' } },
    may: { owner: { select: [OWNER] }, other: { select: [OTHER] }, 'no subject': { select: [] } },
  },
  notification_kinds: {
    key: 'kind',
    insert: { kind: 'mine', in_app: true, can_mail: true, email: true, fields: [] },
    updates: { mail: { email: false } },
    may: { owner: { select: KINDS }, other: { select: KINDS }, 'no subject': { select: [] } },
  },
  notification_preferences: {
    key: 'user_id',
    insert: { kind: 'file_refused', in_app: true, email: false },
    updates: { mail: { email: false }, owner: { user_id: HEIR } },
    may: {
      owner: { select: [OWNER], insert: [OWNER], 'update mail': [OWNER, OWNER], delete: [OWNER, OWNER] },
      other: { select: [OTHER], insert: [OTHER], 'update mail': [OTHER, OTHER], delete: [OTHER, OTHER] },
      'no subject': { select: [], 'update mail': [], 'update owner': [], delete: [] },
    },
  },
  notifications: {
    key: 'user_id',
    insert: { user_id: OWNER, kind: 'payment_failed', key: 'k', data: {} },
    updates: { read: { read_at: '2026-01-01' }, text: { data: {} }, owner: { user_id: HEIR } },
    may: {
      owner: { select: [OWNER], 'update read': [OWNER], delete: [OWNER] },
      other: { select: [OTHER], 'update read': [OTHER], delete: [OTHER] },
      'no subject': { select: [], 'update read': [], delete: [] },
    },
  },
  meters: {
    key: 'id',
    insert: { id: 'mine', unit: 'thing' },
    updates: { unit: { unit: 'other' } },
    may: { anon: METERS, owner: METERS, other: METERS, 'no subject': METERS },
  },
  plans: {
    key: 'id',
    insert: { id: 'mine', name: 'Mine' },
    updates: { name: { name: 'Mine' } },
    may: { anon: PLANS, owner: PLANS, other: PLANS, 'no subject': PLANS },
  },
  plan_quotas: {
    key: 'plan',
    insert: { plan: 'team', meter: 'exports', period: 'day' },
    updates: { limit: { hard_limit: null } },
    may: { anon: QUOTAS, owner: QUOTAS, other: QUOTAS, 'no subject': QUOTAS },
  },
  subscriptions: {
    key: 'user_id',
    insert: { user_id: OWNER, plan: 'team', status: 'active', provider: 'manual' },
    updates: { plan: { plan: 'team' }, owner: { user_id: HEIR } },
    may: ownRows,
  },
  usage: {
    key: 'user_id',
    insert: { user_id: OWNER, meter: 'exports', period: 'day', used: 1 },
    updates: { used: { used: 0 }, owner: { user_id: HEIR } },
    may: ownRows,
  },
  usage_days: {
    key: 'user_id',
    insert: { user_id: OWNER, meter: 'exports', day: '2026-01-02', quantity: 1, events: 1 },
    updates: { quantity: { quantity: 1 }, owner: { user_id: HEIR } },
    may: ownRows,
  },
};
