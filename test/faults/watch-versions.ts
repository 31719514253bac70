import type { OwnerDatabase } from './owner-database';

/** A change of a payment's row that took something back. */
export interface Regression {
  readonly payment_id: string;
  readonly version: string;
  readonly change: string;
}

/**
 * Notes every version of every payment's row by a trigger, so that no step back goes unseen however short it was. A step
 * back is a captured total that shrinks, a version that does not grow, or an outcome that becomes open again; totals of what
 * went back, and fees, may shrink only where a bank returned a refund or decided a dispute, which the caller knows.
 */
export const watchVersions = async (db: OwnerDatabase): Promise<void> => {
  await db.query('create schema rig');
  await db.query(`create table rig.regressions (payment_id uuid, version bigint, change text)`);
  await db.query(`create function rig.rank(status text) returns int language sql immutable as $$
    select case status when 'succeeded' then 2 when 'partially_refunded' then 3 when 'refunded' then 4
                       when 'canceled' then 1 when 'expired' then 1 else 0 end $$`);
  await db.query(`create function rig.note() returns trigger language plpgsql security definer as $$
    begin
      if new.captured_minor < old.captured_minor or new.refunded_minor < old.refunded_minor
         or new.fee_minor < old.fee_minor or new.version <= old.version
         or (old.provider_ref is not null and new.provider_ref is distinct from old.provider_ref)
         or rig.rank(new.status) < rig.rank(old.status) then
        insert into rig.regressions values (new.id, new.version, format('%s %s/%s/%s -> %s %s/%s/%s',
          old.status, old.captured_minor, old.refunded_minor, old.fee_minor,
          new.status, new.captured_minor, new.refunded_minor, new.fee_minor));
      end if;
      return null;
    end $$`);
  await db.query(`create trigger rig_note after update of version on public.payments
    for each row execute function rig.note()`);
};

/** @param returned payments of which a bank returned a refund, or took and gave back money: their totals may shrink */
export const readRegressions = async (
  db: OwnerDatabase,
  returned: ReadonlySet<string>,
): Promise<readonly Regression[]> => {
  const rows = await db.query<Regression>('select * from rig.regressions order by payment_id, version');
  return rows.filter((row) => !returned.has(row.payment_id));
};
