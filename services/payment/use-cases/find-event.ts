import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { Provider } from '../domain/provider-scale';
import type { StoredReport } from '../domain/stored-event';
import { findEvents } from '../sql/find-events';

export interface FindEventDeps {
  readonly database: Queryable;
}

export interface EventRef {
  readonly eventId: string;
  /** Null where the id alone says which; event ids are unique for each provider only. */
  readonly provider: Provider | null;
}

/** One event by its id. Throws `not_found`, and `request_invalid` where both providers have one of that id. */
export const findEvent = async (db: Queryable, { eventId, provider }: EventRef): Promise<StoredReport> => {
  const [event, other] = await findEvents(db, eventId, provider);
  if (event === undefined) throw new AppError('not_found');
  if (other !== undefined) {
    const message = 'both providers have an event of this id; say whose it is';
    throw new AppError('request_invalid', { errors: [{ pointer: '/query/provider', message }] });
  }
  return event;
};
