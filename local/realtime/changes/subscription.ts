import type { Channel } from '../channels/channel';
import type { Filter } from './parse-filter';

/** What a client asked for in one `on('postgres_changes', …)`. */
export type ChangeRequest = {
  event: '*' | 'INSERT' | 'UPDATE' | 'DELETE';
  /** `*` = every schema. */
  schema: string;
  /** `*` = every table. */
  table: string;
  /** All of them must match. */
  filters: Filter[];
  /** Columns wanted besides the primary key; null = all. */
  select: string[] | null;
};

/** A request of a joined channel. */
export type Subscription = {
  /** What the client knows it by: in the reply to its join, and in `ids` of each change. */
  id: number;
  channel: Channel;
  request: ChangeRequest;
};
