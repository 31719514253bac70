import type { HttpReply, HttpRequest } from '../../local/doubles/http-messages';
import { startHttpServer } from '../../local/doubles/http-server';

export interface WebhookSink {
  url: string;
  /** Every request received, oldest first. */
  received: HttpRequest[];
  /** How the next requests are answered; the last answer stays. Default 200. */
  answers: HttpReply[];
  /** Parsed bodies. */
  events(): { id: string; type: string; livemode: boolean; data: { object: Record<string, unknown> } }[];
  types(): string[];
  clear(): void;
  close(): Promise<void>;
}

/** A receiver of webhooks that remembers what came, byte for byte. */
export async function startWebhookSink(): Promise<WebhookSink> {
  const received: HttpRequest[] = [];
  const answers: HttpReply[] = [];
  const server = await startHttpServer({
    port: 0,
    handle(request) {
      received.push(request);
      return (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 200 };
    },
  });
  const events: WebhookSink['events'] = () => received.map((one) => JSON.parse(one.rawBody.toString('utf8')));
  return {
    url: `${server.url}/webhook`,
    received,
    answers,
    events,
    types: () => events().map((one) => one.type),
    clear() {
      received.length = 0;
    },
    close: server.close,
  };
}
