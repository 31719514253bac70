import { type KeyObject, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What identifies one delivery of one event to one webhook. */
export type Transmission = { id: string; time: string; webhookId: string };

/** The text PayPal signs: transmission id, its time, the webhook's id and the body's CRC32 as an unsigned decimal. */
export function signedText({ id, time, webhookId }: Transmission, body: Buffer): string {
  return `${id}|${time}|${webhookId}|${crc32(body)}`;
}

/** Base64 of SHA256withRSA (PKCS #1 v1.5) over the signed text. */
export function signTransmission(transmission: Transmission, body: Buffer, key: KeyObject | string): string {
  return sign('RSA-SHA256', Buffer.from(signedText(transmission, body), 'utf8'), key).toString('base64');
}
