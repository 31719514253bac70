/** SQS's own defaults. */
export const DEFAULT_ATTRIBUTES: Record<string, string> = {
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  VisibilityTimeout: '30',
};

/** One table for queues, one for messages; the write-ahead log makes writes cheap and safe from kill -9. */
export const SCHEMA = `
create table if not exists queues (name text primary key, attributes text not null, created_at integer not null);
create table if not exists messages (
  id integer primary key, queue text not null, message_id text not null, body text not null,
  attributes text not null, sent_at integer not null, visible_at integer not null,
  receive_count integer not null default 0, first_received_at integer, receipt text, source text
);
create index if not exists messages_ready on messages (queue, visible_at);
create index if not exists messages_age on messages (queue, sent_at);
create index if not exists messages_receipt on messages (receipt);
pragma journal_mode = wal;
pragma synchronous = normal;`;

/** A row of `messages`. */
export type MessageRow = {
  id: number;
  queue: string;
  message_id: string;
  body: string;
  attributes: string;
  sent_at: number;
  visible_at: number;
  receive_count: number;
  first_received_at: number | null;
  source: string | null;
};
