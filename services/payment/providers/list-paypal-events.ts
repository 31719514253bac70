import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error';
import { parsePayPalEvent } from '#shared/provider-events/parse-paypal-event';
import type { ListProviderEvents } from '../ports';
import type { CallPayPal } from './call-paypal';
import { readListedEvents } from './read-listed-events';

const PATH = '/v1/notifications/webhooks-events';

/** As many whole events as fit into an answer of 1 MB. */
const PAGE = 100;

const page = z.object({
  events: z._default(z.array(z.unknown()), []),
  links: z.optional(z.array(z.object({ rel: z.string(), href: z.string() }))),
});

/**
 * The events PayPal would notify us of (Webhooks Management v1, webhooks-events.list): only those that a webhook of our
 * app subscribes to, which is why they are all taken. The mark of a page is the query of PayPal's own link to the next; its
 * host and path are not used.
 */
export const listPayPalEvents =
  (call: CallPayPal): ListProviderEvents =>
  async ({ from, until, mark }) => {
    const query: Readonly<Record<string, string | number>> =
      mark === null
        ? { page_size: PAGE, start_time: seconds(from), end_time: seconds(until) }
        : Object.fromEntries(new URLSearchParams(mark));
    const answer = page.safeParse(await call(({ get }) => get(PATH, query)));
    if (!answer.success) throw new AppError('provider_unavailable', { cause: answer.error });
    const { events, links = [] } = answer.data;
    return {
      ...readListedEvents(events, (body) => parsePayPalEvent(body, null)),
      next: nextOf(links),
    };
  };

/** `2013-03-06T11:00:00Z`, as in PayPal's documentation. */
const seconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const nextOf = (links: readonly { readonly rel: string; readonly href: string }[]): string | null => {
  const href = links.find(({ rel }) => rel === 'next')?.href;
  const query = href === undefined ? undefined : /\?([^#]+)/.exec(href)?.[1];
  // A page that names another without saying which would be read for ever, or end too early.
  if (href !== undefined && query === undefined) throw new AppError('provider_unavailable');
  return query ?? null;
};
