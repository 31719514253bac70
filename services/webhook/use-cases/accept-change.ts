import { isUuid } from '#shared/kernel/ids';
import type { ChangeMessage } from '#shared/messages/change';
import { invalid, isJsonObject, readJsonObject } from '#shared/provider-events/read-json-object';
import type { Delivery } from '../domain/delivery';
import type { ChangeQueue, SignatureVerifier } from '../ports';

/**
 * Verifies what our database says has changed and puts the id of the record on the queue; resolves once it lies there. All
 * else is read from the database by whoever handles it, so this message can cause nothing that was not recorded there.
 *
 * @throws AppError as its ports do; `webhook_body_invalid`
 */
export const acceptChange = async (
  verify: SignatureVerifier,
  enqueue: ChangeQueue,
  delivery: Delivery,
): Promise<ChangeMessage> => {
  await verify(delivery);
  const { type, data } = readJsonObject(delivery.body);
  const id = isJsonObject(data) ? data.id : null;
  if (type !== 'change.recorded' || typeof id !== 'string' || !isUuid(id)) {
    throw invalid('The body names no change');
  }
  const message: ChangeMessage = { version: 1, id };
  await enqueue(message);
  return message;
};
