import type { TableAccess } from './declaration';
import { bookTables } from './tables/book-tables';
import { changeTables } from './tables/change-tables';
import { fileTables } from './tables/file-tables';
import { mailTables } from './tables/mail-tables';
import { notificationTables } from './tables/notification-tables';
import { profileTables } from './tables/profile-tables';
import { saleTables } from './tables/sale-tables';
import { sessionTables } from './tables/session-tables';
import { sweepTables } from './tables/sweep-tables';
import { talkTables } from './tables/talk-tables';
import { usageTables } from './tables/usage-tables';

/** Every table and view of public and private. What is not said here is refused, and what is not listed turns the tests red. */
export const tables: readonly TableAccess[] = [
  ...profileTables,
  ...sessionTables,
  ...saleTables,
  ...bookTables,
  ...sweepTables,
  ...mailTables,
  ...talkTables,
  ...changeTables,
  ...fileTables,
  ...usageTables,
  ...notificationTables,
];
