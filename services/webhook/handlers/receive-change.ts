import type { HandlerOf } from '#shared/http/request';
import type { Now } from '#shared/kernel/ids';
import type { Log } from '#shared/observability/logger';
import type { webhookContract } from '../contract';
import type { ChangeQueue, SignatureVerifier } from '../ports';
import { acceptChange } from '../use-cases/accept-change';

export interface ReceiveChangeDeps {
  readonly verify: SignatureVerifier;
  readonly enqueue: ChangeQueue;
  readonly now: Now;
  readonly log: Pick<Log, 'info'>;
}

export const receiveChange =
  ({ verify, enqueue, now, log }: ReceiveChangeDeps): HandlerOf<(typeof webhookContract)['receiveChange']> =>
  async ({ rawBody, headerValues }) => {
    const delivery = { body: rawBody, headers: headerValues, receivedAt: now() };
    const { id } = await acceptChange(verify, enqueue, delivery);
    log.info('change accepted', { changeId: id });
    return { body: { success: true } };
  };
