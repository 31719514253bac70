import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Route } from '#shared/kernel/route';
import { withRateLimitsTable } from '../../local/docs/rate-limits-document';
import { ROUTES } from '../support/contracts';

const routes = ROUTES.map(({ id, route }): [string, Route] => [id, route]);

const namesAccount = async ({ body }: Route): Promise<boolean> => {
  const result = await body?.['~standard'].validate({});
  return result?.issues?.some(({ path }) => path?.[0] === 'email') ?? false;
};

test.each(routes)('%s is limited, each kind once, by what it knows of its caller', async (id, route) => {
  const kinds = route.rateLimits.map(({ per }) => per);
  expect(new Set(kinds).size).toBe(kinds.length);
  // Key and headers hold whole seconds, and the window is cut in ten.
  for (const { limit, windowSeconds } of route.rateLimits) {
    expect([
      Number.isInteger(limit),
      limit >= 1,
      Number.isInteger(windowSeconds),
      windowSeconds >= 1,
    ]).toEqual([true, true, true, true]);
  }
  if (route.auth === 'signature' || id === 'getHealth') expect(kinds).toEqual([]);
  else if (route.auth === 'public') expect(kinds).toContain('address');
  else expect(kinds).toContain('user');
  if (route.auth === 'public') expect(kinds).not.toContain('user');
  if (kinds.includes('account') && id !== 'verify') expect(await namesAccount(route)).toBe(true);
});

test('routes that try a password or a code for strangers, or send mail for them, count the account', () => {
  const counting = routes.filter(([, { rateLimits }]) => rateLimits.some(({ per }) => per === 'account'));
  expect(counting.map(([id]) => id)).toEqual(
    expect.arrayContaining(['resendConfirmation', 'resetPassword', 'sendMagicLink', 'signIn', 'verify']),
  );
});

test('docs/rate-limits.md has the limits of the contracts (npm run docs makes the table)', () => {
  const page = readFileSync(join(__dirname, '../../docs/rate-limits.md'), 'utf8');
  expect(page).toBe(withRateLimitsTable(page));
});
