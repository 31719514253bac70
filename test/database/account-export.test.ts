import { decodeExportCursor, encodeExportCursor } from '../../services/auth/domain/export-cursor';
import type { ExportedPage } from '../../services/auth/use-cases/export-account';
import { exportPages } from '../support/account-export';
import { insertPayment, insertUser } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

let databases: PaymentDatabase;
beforeAll(async () => {
  databases = await openPaymentDatabase();
});
afterAll(() => databases.close());

const NOTIFICATIONS = 1_203;

/** A user with payments, and with more notifications than are looked for at a time, many of one moment. */
const insertCustomer = async (): Promise<string> => {
  const userId = await insertUser(databases.admin);
  for (let made = 0; made < 5; made += 1) await insertPayment(databases.admin, { userId });
  await databases.admin.query(
    `insert into public.notifications (user_id, kind, key, data, created_at)
     select $1, 'quota_reached', n::text,
       jsonb_build_object('meter', 'calls', 'quota', n::text, 'level', 'hard', 'period_end', '2026-12-01', 'note', repeat('é"', n % 97)),
       '2026-11-01T00:00:00.123456Z'::timestamptz + (n / 100) * interval '1 microsecond'
     from generate_series(1, ${NOTIFICATIONS}) n`,
    [userId],
  );
  return userId;
};

/** Why no list reads a table. */
const NOT_LISTED = {
  notification_kinds: 'knows nobody',
  'private.idempotency_keys': 'repeats for a day what payments say',
  'private.roles': 'is in `account`',
  usage: 'sums usage_days',
  user_preferences: 'is `preferences`',
  user_profiles: 'is `profile`',
};

const listsOf = (page: ExportedPage): ReadonlyMap<string, readonly unknown[]> =>
  new Map(Object.entries(page).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1])));

const together = (pages: readonly ExportedPage[]) => {
  const whole = new Map<string, unknown[]>();
  for (const page of pages)
    for (const [name, items] of listsOf(page)) whole.set(name, [...(whole.get(name) ?? []), ...items]);
  return whole;
};

describe('an export', () => {
  test.each([1_000, 4_096, 100_000])(
    'in pages of %i bytes is the same as in one, row by row',
    async (pageBytes) => {
      const userId = await insertCustomer();
      const auth = databases.as('tandem_auth');
      const whole = await exportPages(auth, userId);
      const pages = await exportPages(auth, userId, pageBytes);

      expect(whole).toHaveLength(1);
      expect(together(whole).get('notifications')).toHaveLength(NOTIFICATIONS);
      expect(together(pages)).toEqual(together(whole));
      expect(pages.length).toBeGreaterThan(1);
      for (const page of pages) {
        const items = [...listsOf(page).values()].flat();
        expect(items.length).toBeGreaterThan(0);
        const bytes = items.reduce<number>((sum, item) => sum + Buffer.byteLength(JSON.stringify(item)), 0);
        expect(items.length === 1 || bytes <= pageBytes).toBe(true);
      }
    },
  );

  test('gives a row that is larger than a page by itself', async () => {
    const userId = await insertUser(databases.admin);
    const ids: string[] = [];
    for (let made = 0; made < 3; made += 1)
      ids.unshift((await insertPayment(databases.admin, { userId })).id);
    const pages = await exportPages(databases.as('tandem_auth'), userId, 1);
    expect(pages.map(({ payments }) => payments.map(({ id }) => id))).toEqual(ids.map((id) => [id]));
  });

  test('goes on after a row that is gone meanwhile', async () => {
    const userId = await insertCustomer();
    const auth = databases.as('tandem_auth');
    const [first, ...others] = await exportPages(auth, userId, 50_000);
    await databases.admin.query('delete from public.notifications where user_id = $1 and id = $2', [
      userId,
      first?.notifications.at(-1)?.id,
    ]);
    expect(await exportPages(auth, userId, 50_000)).toHaveLength(others.length + 1);
  });

  test('reads every table that knows its user, or says why not', async () => {
    const { rows } = await databases.admin.query<{ place: string }>(
      `with read as (
         select distinct d.refobjid as table_id
         from pg_rewrite r join pg_class v on v.oid = r.ev_class
         join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
         where v.relnamespace = 'exports'::regnamespace
       )
       select c.oid::regclass::text as place
       from pg_class c
       where c.relkind in ('r', 'p') and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
         and c.oid not in (select table_id from read)
         and (exists (select from pg_attribute a where a.attrelid = c.oid and a.attname in ('user_id', 'sender_id', 'email'))
           or exists (select from pg_constraint f where f.conrelid = c.oid and f.confrelid = 'auth.users'::regclass))
       order by place`,
    );
    expect(rows.map(({ place }) => place)).toEqual(Object.keys(NOT_LISTED));
  });
});

test.each([
  { list: 'messages', at: '2026-11-01T00:00:00.123456+00:00', id: 'a-b:c' },
  { list: 'usage_days', at: 'infinity', id: '' },
])('a cursor of $list comes back as it was', (cursor) => {
  expect(encodeExportCursor(cursor)).toMatch(/^[\w-]+$/);
  expect(decodeExportCursor(encodeExportCursor(cursor))).toEqual(cursor);
});

test.each([
  'x',
  'messages',
  'messages infinity',
  "messages'; infinity x",
  'messages -infinity x',
  'messages 2026-13-01T00:00:00+00:00 x',
  'messages 2026-11-01T00:00:00+00:00 \0',
])('%j is no cursor', (text) => {
  expect(() => decodeExportCursor(Buffer.from(text).toString('base64url'))).toThrow(
    expect.objectContaining({ code: 'request_invalid' }),
  );
});
