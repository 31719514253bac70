import * as z from 'zod/mini';

/** What each entry reads from its environment and secrets, checked at init. */
const database = {
  DATABASE_URL: z.string().check(z.minLength(1)),
  /** PEM certificate of the authority that signed the server's, by which it has to prove who it is. */
  DATABASE_CA: z.optional(z.string().check(z.includes('-----BEGIN CERTIFICATE-----'))),
};

export const sweepChangesEnvSchema = z.object({
  ...database,
  CHANGE_QUEUE_URL: z.url({ protocol: /^https?$/ }),
});

export const outboxEnvSchema = z.object({
  ...database,
  SITE_URL: z.url({ protocol: /^https?$/ }),
  /** `Tandem <no-reply@tandem.example>`, or an address alone. */
  MAIL_SENDER: z.string().check(z.regex(/^(?:[^<>@\r\n]{1,100} )?<?[^\s<>@]+@[^\s<>@]+>?$/)),
  /** Only for a stand-in of SES. */
  AWS_ENDPOINT_URL_SESV2: z.optional(z.url({ protocol: /^https?$/ })),
});
