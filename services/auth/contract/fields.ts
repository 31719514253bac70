import * as z from 'zod/mini';

/** Text that Postgres and JSON can hold: no control characters (but line breaks, where `lines`), no broken Unicode. */
const text = (min: number, max: number, lines = false) =>
  z.string().check(
    z.minLength(min),
    z.maxLength(max),
    z.refine((value) => value.isWellFormed(), 'must be well-formed Unicode'),
    z.refine(
      (value) => !(lines ? /[^\P{Cc}\n\r\t]/u : /\p{Cc}/u).test(value),
      'must not contain control characters',
    ),
  );

/** Lower-cased: Supabase Auth knows addresses in no other way. */
export const email = z.email().check(z.maxLength(254), z.toLowerCase());

/** bcrypt reads 72 bytes and no more, so a longer password is refused, not cut. */
export const newPassword = text(8, 72).check(
  z.refine((value) => new TextEncoder().encode(value).length <= 72, 'must have at most 72 bytes in UTF-8'),
);

export const password = z.string().check(z.minLength(1), z.maxLength(256));

export const name = z.pipe(z.string().check(z.maxLength(200), z.trim()), text(0, 120));

/** The user's own words about themselves. Decides nothing anywhere; roles are not among it. */
export const metadata = (maxChars: number) =>
  z
    .record(
      z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'must be a name of letters, digits and _')),
      z.union(
        [text(0, 1_000, true), z.number(), z.boolean(), z.null()],
        'must be text, a number, true, false or null',
      ),
    )
    .check(
      z.refine((value) => Object.keys(value).length <= 50, 'must have at most 50 entries'),
      z.refine(
        (value) => JSON.stringify(value).length <= maxChars,
        `must have at most ${maxChars} characters of JSON`,
      ),
    );

/** Where to send the browser afterwards: a page of the site, or an address that the stage allows. */
export const redirectTo = z.string().check(z.minLength(1), z.maxLength(2_048));

/** Tokens and codes as Supabase makes them. */
export const token = z.string().check(z.regex(/^[\x21-\x7e]{1,2048}$/, 'must be visible ASCII'));

export const preferences = z.strictObject({
  /** BCP 47: language, perhaps script, perhaps region. */
  locale: z
    .string()
    .check(
      z.regex(/^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$/, 'must be a language tag such as en-GB'),
    ),
  theme: z.enum(['system', 'light', 'dark']),
  /** IANA name; null: the browser's. */
  timezone: z.nullable(
    z
      .string()
      .check(
        z.maxLength(64),
        z.regex(/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/, 'must be an IANA time zone'),
        z.refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin'),
      ),
  ),
  email_receipts: z.boolean(),
  email_subscription_reminders: z.boolean(),
  email_product_news: z.boolean(),
});

export const avatarUrl = z.string().check(
  z.maxLength(2_048),
  z.regex(/^https:\/\/[\x21-\x7e]+$/, 'must be an https address'),
  z.refine((value) => URL.canParse(value), 'must be an https address'),
);

export const csrfHeader = {
  'X-CSRF-Token': 'From GET /api/auth/csrf-token; needed where the browser holds one of our cookies.',
};

/** Seconds. */
export const MINUTE = 60;
export const HOUR = 3_600;

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
