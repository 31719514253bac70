import { randomUUID } from 'node:crypto';
import type { Queryable } from '#shared/database/queryable';
import { hashSessionToken, makeSessionToken } from '#shared/identity/session-token';
import { call } from '../support/api-event';
import type { FakeIntent } from '../support/fake-provider';
import { insertPayment } from '../support/payment-rows';
import { stripeStory } from '../support/stripe-objects';
import type { Factors } from './any-identity';
import type { EveryService } from './every-service';
import type { Person } from './people';

/** What objects are made in. */
export interface World extends EveryService {
  readonly admin: Queryable;
  readonly factors: Factors;
}

/** A kind of object that a request can name. */
export interface Kind {
  /** Makes one that belongs to somebody and answers the id that requests name it by. */
  readonly make: (world: World, owner: Person) => Promise<string>;
  /** An id of the right form that nothing has. */
  readonly random: () => string;
}

type Payment = { readonly id: string; readonly ref: string };

const makePayment = async (
  { admin, stripe, paypal }: World,
  owner: Person,
  { provider, state }: { readonly provider: 'stripe' | 'paypal'; readonly state: FakeIntent['state'] },
): Promise<Payment> => {
  const tail = randomUUID().replaceAll('-', '');
  const ref = provider === 'stripe' ? `pi_${tail}` : `O${tail}`.toUpperCase();
  const { id } = await insertPayment(admin, { userId: owner.userId, provider, providerRef: ref });
  (provider === 'stripe' ? stripe : paypal).intents.set(ref, {
    ref,
    paymentId: id,
    amountMinor: 1999n,
    currency: 'USD',
    state,
    captureId: provider === 'stripe' ? `ch_${tail}` : `C${tail}`.toUpperCase(),
    refunds: [],
  });
  return { id, ref };
};

const insertOf = async (admin: Queryable, text: string, values: readonly unknown[]): Promise<string> =>
  (await admin.query<{ id: string }>(text, values)).rows[0]?.id ?? '';

const makeEvent = (admin: Queryable, outcome: 'ignored' | 'review', paymentId: string | null) => {
  const id = `evt_${randomUUID().replaceAll('-', '')}`;
  return insertOf(
    admin,
    `insert into private.inbox (provider, event_id, source, event_type, payment_id, mode, sha256, body, received_at, outcome)
     values ('stripe', $1, 'webhook', 'charge.succeeded', $2, 'test', '', $3, now(), $4) returning event_id as id`,
    [
      id,
      paymentId,
      JSON.stringify(stripeStory().event(id, 'customer.created', { id: 'cus_1', object: 'customer' })),
      outcome,
    ],
  );
};

/** Objects that belong to somebody. */
export const owned = {
  user: { make: async (_world, owner) => owner.userId, random: randomUUID },
  session: {
    make: ({ admin }, owner) =>
      insertOf(
        admin,
        `with supabase as (insert into auth.sessions (id, user_id) values (gen_random_uuid(), $1) returning id)
         insert into private.sessions (user_id, token_hash, supabase_session_id, opened_by, idle_expires_at, absolute_expires_at)
         select $1, $2, id, 'password', now() + interval '1 day', now() + interval '2 days' from supabase returning id`,
        [owner.userId, hashSessionToken(makeSessionToken())],
      ),
    random: randomUUID,
  },
  factor: {
    make: async ({ factors }, owner) => {
      const id = randomUUID();
      factors.set(id, owner.userId);
      return id;
    },
    random: randomUUID,
  },
  file: {
    make: async ({ admin }, owner) => {
      const id = randomUUID();
      await admin.query(
        `insert into public.files (id, user_id, purpose, name, declared_type, size_bytes)
         values ($1, $2, 'document', 'a.pdf', 'application/pdf', 1000)`,
        [id, owner.userId],
      );
      await admin.query(`insert into storage.objects (bucket_id, name) values ('quarantine', $1)`, [
        `${owner.userId}/${id}`,
      ]);
      return id;
    },
    random: randomUUID,
  },
  payment: {
    make: async (world, owner) => (await makePayment(world, owner, { provider: 'stripe', state: 'open' })).id,
    random: randomUUID,
  },
  stripeIntent: {
    make: async (world, owner) =>
      (await makePayment(world, owner, { provider: 'stripe', state: 'paid' })).ref,
    random: () => `pi_${randomUUID().replaceAll('-', '')}`,
  },
  paypalOrder: {
    make: async (world, owner) =>
      (await makePayment(world, owner, { provider: 'paypal', state: 'approved' })).ref,
    random: () => `O${randomUUID().replaceAll('-', '')}`.toUpperCase(),
  },
  settledPayment: {
    make: async (world, owner) => {
      const { id, ref } = await makePayment(world, owner, { provider: 'stripe', state: 'paid' });
      // Settled as a client would; whoever may not act cannot, and gets no further with it either way.
      if (['anonymous', 'ended', 'banned'].includes(owner.identity)) return id;
      await call(world.handlers.payment, {
        path: '/api/payments/confirm-stripe',
        headers: owner.headersOf('opaque'),
        body: { payment_intent_id: ref },
      });
      return id;
    },
    random: randomUUID,
  },
} satisfies Record<string, Kind>;

/** Objects of the house: whoever's they are, the route's role decides. */
export const ofTheHouse = {
  event: { make: ({ admin }) => makeEvent(admin, 'ignored', null), random: () => `evt_${randomUUID()}` },
  review: {
    make: async ({ admin }) => makeEvent(admin, 'review', (await insertPayment(admin)).id),
    random: () => `evt_${randomUUID()}`,
  },
  drift: {
    make: ({ admin }) =>
      insertOf(
        admin,
        `insert into private.drift (provider, key, kind, object_id, difference, field, theirs, cause, day, first_seen, last_seen)
         values ('stripe', 'stripe:capture:ch_' || gen_random_uuid() || ':succeeded', 'capture', 'ch_1', 'missing_here',
           'movement', '1 USD', 'created_outside', '2026-01-01', now(), now()) returning id`,
        [],
      ),
    random: randomUUID,
  },
} satisfies Record<string, Kind>;
