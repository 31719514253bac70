import type { MailOutcome } from './domain/mail-outcome';
import type { RenderedMail } from './domain/render-mail';

/** Hands one mail to a mail service, once: never again by itself, whatever happens. Does not throw. */
export type SendMail = (to: string, mail: RenderedMail) => Promise<MailOutcome>;
