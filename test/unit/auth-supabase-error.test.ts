import { AppError } from '#shared/errors/app-error';
import { nameOf } from '../../services/auth/domain/account-name';
import { toAppError } from '../../services/auth/providers/supabase-error';

const failure = (status: number, code?: string, reasons?: string[]): Error =>
  Object.assign(new Error('secret message of Supabase'), { status, code, reasons });

const refusals = {
  byCode: { weak_password: 'password_rejected' },
  otherwise: 'credentials_invalid',
} as const;

test.each([
  ['no answer', failure(0), 'identity_unavailable'],
  ['a mistake of ours', new TypeError('createClient is not a function'), 'internal'],
  ['something that is no error', 'x', 'internal'],
  ['500', failure(500, 'unexpected_failure'), 'identity_unavailable'],
  ['504', failure(504), 'identity_unavailable'],
  ['a project that is paused', failure(540), 'identity_unavailable'],
  ['our own key refused', failure(401), 'identity_unavailable'],
  ['too many', failure(429, 'over_request_rate_limit'), 'rate_limited'],
  ['a code it knows', failure(422, 'weak_password', ['length']), 'password_rejected'],
  ['a wrong password', failure(400, 'invalid_credentials'), 'credentials_invalid'],
  ['an unconfirmed account', failure(400, 'email_not_confirmed'), 'credentials_invalid'],
  ['a banned account', failure(403, 'user_banned'), 'credentials_invalid'],
  ['a code nobody knows', failure(400, 'constructor'), 'credentials_invalid'],
])('%s becomes our error, with the original as its cause', (_what, error, code) => {
  const mapped = toAppError(error, refusals);
  expect(mapped.code).toBe(code);
  expect(mapped.cause).toBe(error);
  expect(mapped.detail ?? '').not.toContain('secret');
});

test('our own errors pass through', () => {
  const own = new AppError('session_ended');
  expect(toAppError(own, refusals)).toBe(own);
});

test('says why a password was refused', () => {
  expect(toAppError(failure(422, 'weak_password', ['length', 'pwned']), refusals).detail).toBe(
    'It is too short. It is known from leaks; choose another.',
  );
  expect(toAppError(failure(422, 'weak_password'), refusals).detail).toBeUndefined();
});

test.each([
  [{ name: ' Ada ' }, 'Ada'],
  [{ name: '', full_name: 'Ada L.' }, 'Ada L.'],
  [{ name: { first: 'Ada' }, full_name: 7 }, ''],
  [{ name: 'A\u0000d\na' }, 'A d a'],
  [{ name: '😀'.repeat(200) }, '😀'.repeat(120)],
  [{}, ''],
])('an account that brings %j is called %j', (metadata, name) => {
  expect(nameOf(metadata)).toBe(name);
});
