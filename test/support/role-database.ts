import { type Database, makeDatabase } from '#shared/database/pool';
import { localPassword } from '../../local/postgres/start-postgres';

/** A pool as a service's role, given the address of a test database for another role. */
export const openAsRole = (address: string, role: string, max = 1): Database => {
  const url = new URL(address);
  [url.username, url.password] = [role, localPassword(role)];
  return makeDatabase({ connectionString: url.href, applicationName: 'test', max });
};
