import type { Queryable } from '#shared/database/queryable';
import type { Fact } from '../../services/payment/domain/fact-kinds';
import { openStatuses } from '../../services/payment/domain/open-status';
import { rowsOfPayment, writeRows } from './money-statement';

const endings: Readonly<Record<string, Pick<Fact, 'kind' | 'status'>>> = {
  succeeded: { kind: 'capture', status: 'succeeded' },
  canceled: { kind: 'cancellation', status: 'canceled' },
  expired: { kind: 'expiry', status: 'expired' },
};

/** Brings a new payment into a status by what that follows from; by hand the database would refuse it. */
export const putInStatus = async (db: Queryable, id: string, status: string): Promise<void> => {
  if (status === 'created') return;
  if (Object.hasOwn(openStatuses, status)) {
    await db.query(
      `update public.payments set status = $2, observed_status = $2, observed_at = now(), observed_rank = 0,
         observed_event = 'evt_seen' where id = $1`,
      [id, status],
    );
    return;
  }
  const { rows } = await db.query<{ provider: 'stripe' | 'paypal'; amount_minor: string; currency: string }>(
    'select provider, amount_minor, currency from public.payments where id = $1',
    [id],
  );
  const [payment] = rows;
  const ending = endings[status];
  if (payment === undefined || ending === undefined) throw new Error(`${id} cannot be put in ${status}`);
  const amountMinor = ending.kind === 'capture' ? BigInt(payment.amount_minor) : 0n;
  const { currency, provider } = payment;
  const fact = { ...ending, objectId: `end_${id}`, amountMinor, currency, parentId: null };
  await writeRows(db, rowsOfPayment(id, [fact], provider));
};

/** Cancels every payment that is open, so that only those of the next test are. */
export const endOpenPayments = async (db: Queryable): Promise<void> => {
  await db.query(
    `with ended as (
       insert into private.payment_facts (payment_id, provider, kind, object_id, status, currency, amount_minor)
       select p.id, p.provider, 'cancellation', 'end_' || p.id, 'canceled', p.currency, 0
       from public.payments p
       where p.captured_minor = 0 and p.status not in ('canceled', 'expired')
         and not exists (select from private.payment_facts f
                         where f.payment_id = p.id and f.kind = 'capture' and f.status = 'pending')
       returning payment_id
     )
     update public.payments set status = 'canceled' where id in (select payment_id from ended)`,
  );
};
