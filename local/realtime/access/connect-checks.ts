import { Pool } from 'pg';

/**
 * What a check needs is made for its own connection and leaves nothing in the schema. Each subscriber's failure is his own:
 * a policy that raises for the claims of one must not hide a row from the others (realtime.apply_rls does the same).
 */
const PREPARE = `
create or replace function pg_temp.visible_rows(query text, keys jsonb, subscribers jsonb)
  returns table (visible int[], failure text)
  language plpgsql
as $$
declare
  subscriber jsonb;
begin
  for subscriber in select value from jsonb_array_elements(subscribers) with ordinality order by ordinality loop
    visible := '{}';
    failure := null;
    begin
      perform set_config('role', subscriber ->> 'role', true),
        set_config('request.jwt.claims', subscriber ->> 'claims', true);
      execute query into visible using keys;
    exception when others then
      visible := '{}';
      failure := sqlstate;
    end;
    perform set_config('role', 'none', true), set_config('request.jwt.claims', '', true);
    return next;
  end loop;
end
$$`;

/** Connections on which rows and topics are judged. */
export function connectChecks(databaseUrl: string, timeoutMs: number): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: 'realtime-checks',
    max: 4,
    statement_timeout: timeoutMs,
    // The server may go away without a word: then the question is asked anew.
    query_timeout: 2 * timeoutMs,
    connectionTimeoutMillis: timeoutMs,
    verify: (client, done) => {
      client.query(PREPARE).then(
        () => done(),
        (error: Error) => done(error),
      );
    },
  });
  pool.on('error', () => undefined); // an idle connection ended: the next check opens another
  return pool;
}
