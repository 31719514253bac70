import type { MailNews } from '../../services/notification/domain/mail-data';
import { MAX_ATTEMPTS, stateAfter } from '../../services/notification/domain/mail-outcome';
import { notificationKinds } from '../../services/notification/domain/notification-kinds';
import { renderMail } from '../../services/notification/domain/render-mail';
import { readMailNews } from '../../services/notification/use-cases/read-mail-news';

const SITE = 'https://tandem.example.test';
const paid = (amountMinor: bigint, currency: string, description = ''): MailNews => ({
  kind: 'payment_succeeded',
  data: { amountMinor, currency, description },
});

const data: Readonly<Record<string, object>> = {
  payment_succeeded: { payment_id: 'p', amount_minor: '1999', currency: 'EUR', description: 'Pro' },
  payment_failed: { payment_id: 'p', amount_minor: '1999', currency: 'EUR', description: 'Pro' },
  payment_refunded: { payment_id: 'p', amount_minor: '500', currency: 'EUR', description: 'Pro' },
  payment_disputed: { payment_id: 'p', status: 'needs_response' },
  dispute_closed: { payment_id: 'p', status: 'lost' },
  subscription_changed: { plan: 'Pro', status: 'active' },
  file_refused: { file_id: 'f', name: 'a.svg', reason: 'type_lie' },
  quota_reached: { meter: 'api_calls', quota: 500 },
};

const mailed = Object.entries(notificationKinds).flatMap(([kind, { canMail }]) => (canMail ? [kind] : []));

test.each(mailed)(
  'a mail of kind %s has words in every language, and says the same as text and as HTML',
  (kind) => {
    const news = readMailNews(kind, data[kind]);
    if (news === null) throw new Error('there are no words');
    const [english, german] = ['en-GB', 'de'].map((locale) => renderMail(news, locale, SITE));
    expect(english?.subject).not.toBe(german?.subject);
    for (const mail of [english, german]) {
      expect(mail?.subject).toMatch(/^[^\n]{5,100}$/);
      expect(mail?.text).toContain(`${SITE}/settings/notifications`);
      expect(mail?.text).not.toMatch(/undefined|null|NaN|\[object/);
      const inHtml = mail?.html.replace(/<[^>]+>/g, ' ') ?? '';
      for (const line of mail?.text.split('\n\n').slice(1, 2) ?? [])
        expect(inHtml.replaceAll('&#39;', "'")).toContain(line);
    }
  },
);

test('kinds without a mail, and data that does not belong to its kind, have no words', () => {
  expect(readMailNews('message_received', {})).toBeNull();
  expect(readMailNews('payment_succeeded', data.payment_disputed)).toBeNull();
  expect(readMailNews('payment_succeeded', { ...data.payment_succeeded, amount_minor: '19.99' })).toBeNull();
  expect(readMailNews('payment_succeeded', { ...data.payment_succeeded, currency: 'euro' })).toBeNull();
});

test.each([
  [1999n, 'USD', 'en', '$19.99'],
  [1999n, 'EUR', 'de', '19,99\u00a0€'],
  [500n, 'JPY', 'en', '¥500'],
  [1234n, 'KWD', 'en', 'KWD\u00a01.234'],
  [900_719_925_474_099_299n, 'USD', 'en', '$9,007,199,254,740,992.99'],
])('an amount of %s %s is written for %s as %s', (minor, currency, locale, text) => {
  expect(renderMail(paid(minor, currency), locale, SITE).subject).toContain(text);
});

test('somebody’s own text stays text: no markup, no line, no header of its own, and no flood', () => {
  const name = `"><img src=x onerror=alert(1)>\r\nBcc: eve@example.test\u202e${'x'.repeat(5_000)}`;
  const mail = renderMail({ kind: 'file_refused', data: { name, reason: "it's <b>bad</b>" } }, 'en', SITE);
  expect(mail.html).not.toContain('<img');
  expect(mail.html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(mail.text).not.toMatch(/\r|\nBcc|\u202e/);
  expect(mail.subject).not.toContain('img');
  expect(mail.text.length).toBeLessThan(1_000);
});

test('an unknown language reads English', () => {
  expect(renderMail(paid(1n, 'USD'), 'tlh', SITE).text).toMatch(/^Hello,/);
  expect(renderMail(paid(1n, 'USD'), '', SITE).text).toMatch(/^Hello,/);
});

test('pauses double up to an hour, and end', () => {
  const later = { kind: 'later', code: 'c' } as const;
  const pauses = Array.from({ length: MAX_ATTEMPTS }, (_, n) => stateAfter(later, n + 1, 0)).map((after) =>
    after.state === 'due' ? after.dueAtMs / 60_000 : after.state,
  );
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 'failed']);
});
