import { crc32 } from 'node:zlib';
import * as z from 'zod/mini';
import type { Deliveries } from '../doubles/deliveries';
import { jsonReply } from '../doubles/http-messages';
import type { Route } from '../doubles/route-table';
import { withBody } from '../doubles/with-body';
import { type AttackerKind, attackerKinds } from './attacker-certificates';
import type { CertificateStore } from './certificate-store';
import type { DeliverySigner, Disguise } from './delivery-signer';
import { forgeCrc32 } from './forge-crc32';
import type { StoredEvent } from './state';
import type { World } from './world';

const ownKinds = [
  /** Signed by PayPal, but for another webhook. */
  'other-webhook-id',
  /** No PAYPAL-* header at all. */
  'unsigned',
  /** Correctly signed, but the header asks for SHA1withRSA. */
  'sha1-algorithm',
  /** Correctly signed, but PAYPAL-CERT-URL is `certUrl`. */
  'foreign-cert-url',
  /** A captured delivery again, byte for byte. */
  'replay',
  /** The headers of a captured delivery with another body. */
  'replay-other-body',
  /** The same, with the other body made to have the captured body's CRC32: the signature holds. */
  'crc32-collision',
] as const;

const forgeSchema = z.strictObject({
  kind: z.enum([...attackerKinds, ...ownKinds]),
  /** The event to start from; default the latest. */
  eventId: z.optional(z.string()),
  /** Sent instead of the event's own body. */
  body: z.optional(z.union([z.string(), z.record(z.string(), z.unknown())])),
  certUrl: z.optional(z.string()),
  /** Only to this webhook. */
  webhookId: z.optional(z.string()),
});

type ForgeOrder = z.output<typeof forgeSchema>;

/** `POST /_control/paypal/forge`: one falsified delivery, now; answers the attempts and the body sent. */
export function forgeRoutes(
  world: World,
  deliveries: Deliveries,
  signer: DeliverySigner,
  certificates: CertificateStore,
): Route[] {
  async function forge(order: ForgeOrder) {
    const { events } = world.state;
    const event = order.eventId === undefined ? [...events.values()].at(-1) : events.get(order.eventId);
    if (event === undefined) return jsonReply(404, { error: 'no such event' });
    const disguise = await disguiseFor(order, event);
    if (disguise === undefined)
      return jsonReply(409, { error: 'no genuine delivery of this event to steal from' });
    const body = bodyFor(order, event);
    const id = `forged_${world.newId(17)}`;
    signer.disguise(id, disguise);
    const attempts = await deliveries.deliverNow({ id, type: event.type, body }, null, order.webhookId);
    return jsonReply(200, { attempts, body, headers: disguise.headers ?? null });
  }

  async function disguiseFor(
    { kind, certUrl }: ForgeOrder,
    event: StoredEvent,
  ): Promise<Disguise | undefined> {
    switch (kind) {
      case 'other-webhook-id':
        return { webhookId: world.newId(17) };
      case 'unsigned':
        return { headers: { 'content-type': 'application/json' } };
      case 'sha1-algorithm':
        return { authAlgo: 'SHA1withRSA' };
      case 'foreign-cert-url':
        return {
          certUrl: certUrl ?? 'https://api.paypal.com.attacker.example/v1/notifications/certs/CERT-1',
        };
      case 'replay':
      case 'replay-other-body':
      case 'crc32-collision': {
        const headers = signer.captured(event.id);
        return headers === undefined ? undefined : { headers };
      }
      default:
        return attackerDisguise(kind);
    }
  }

  async function attackerDisguise(kind: AttackerKind): Promise<Disguise> {
    const { keyPem, url } = await certificates.attacker(kind);
    return { keyPem, certUrl: url };
  }

  return [
    {
      method: 'POST',
      pattern: '/_control/paypal/forge',
      handle: (request) => withBody(request, forgeSchema, forge),
    },
  ];
}

function bodyFor({ kind, body }: ForgeOrder, event: StoredEvent): string {
  const other = typeof body === 'object' ? JSON.stringify(body) : body;
  if (kind === 'replay') return event.body;
  if (kind === 'crc32-collision') return forgeCrc32(other ?? inflate(event.body), crc32(event.body));
  if (kind === 'replay-other-body') return other ?? inflate(event.body);
  return other ?? event.body;
}

/** The event with every amount a hundred times as high: what a forger would like to be true. */
function inflate(body: string): string {
  return body.replace(/"value":"(\d+)/g, '"value":"$100');
}
