import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { MailOrder } from '../domain/mail-order';
import type { Seal } from '../ports';

/** Format 1: this byte, the key's name, the nonce, the tag, the ciphertext. */
const FORMAT = 1;
const NAME_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NAME_BYTES;

interface Key {
  readonly name: Buffer;
  readonly key: Buffer;
}

/**
 * AES-256-GCM under keys derived from secrets (HKDF-SHA256), so that neither the database nor whoever copies it reads what
 * waits there. Bound to the row's id: what was sealed for one row opens in no other.
 *
 * @param secrets at least 32 characters each; the first seals, and each opens what it has sealed
 */
export const makeSeal = (secrets: readonly [string, ...string[]]): Seal => {
  const [newest, ...older] = secrets;
  const current = keyOf(newest);
  const keys = [current, ...older.map(keyOf)];

  return {
    seal: (order, id) => {
      const nonce = randomBytes(NONCE_BYTES);
      const head = Buffer.from([FORMAT, ...current.name]);
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce).setAAD(boundTo(head, id));
      const text = Buffer.concat([cipher.update(JSON.stringify(order), 'utf8'), cipher.final()]);
      return Buffer.concat([head, nonce, cipher.getAuthTag(), text]);
    },
    open: (sealed, id) => {
      const head = sealed.subarray(0, HEAD_BYTES);
      const found = keys.find(({ name }) => name.equals(head.subarray(1)));
      if (head[0] !== FORMAT || found === undefined) throw new Error('sealed with a key that is gone');
      const nonceEnd = HEAD_BYTES + NONCE_BYTES;
      const tagEnd = nonceEnd + TAG_BYTES;
      const nonce = sealed.subarray(HEAD_BYTES, nonceEnd);
      const decipher = createDecipheriv('aes-256-gcm', found.key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(boundTo(head, id))
        .setAuthTag(sealed.subarray(nonceEnd, tagEnd));
      const text = Buffer.concat([decipher.update(sealed.subarray(tagEnd)), decipher.final()]);
      // Ours, unchanged, as the tag has just proved.
      return JSON.parse(text.toString('utf8')) as MailOrder;
    },
  };
};

const boundTo = (head: Buffer, id: string): Buffer => Buffer.concat([head, Buffer.from(id)]);

const keyOf = (secret: string): Key => {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'tandem pending mails 1', 32));
  return { key, name: createHash('sha256').update(key).digest().subarray(0, NAME_BYTES) };
};
