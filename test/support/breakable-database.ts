import type { Database } from '#shared/database/pool';
import { AppError } from '#shared/errors/app-error';

export interface Breakable {
  readonly wrap: (database: Database) => Database;
  /** The next statement that contains `marker` is lost, before or after it had its effect, and all that follow. */
  readonly dieAt: (marker: string, when: 'before' | 'after') => void;
  /** As a new process would find it. */
  readonly revive: () => void;
}

/** A connection that dies where a test wants a process to die; code under test then reaches no database any more. */
export const makeBreakable = (): Breakable => {
  let cut: { readonly marker: string; readonly when: 'before' | 'after' } | null = null;
  let isDown = false;
  return {
    wrap: (database) => ({
      ...database,
      query: async (text, values) => {
        const down = (): never => {
          isDown = true;
          throw new AppError('database_unavailable');
        };
        if (isDown) return down();
        if (cut === null || !text.includes(cut.marker)) return database.query(text, values);
        const { when } = cut;
        cut = null;
        if (when === 'after') await database.query(text, values);
        return down();
      },
    }),
    dieAt: (marker, when) => {
      cut = { marker, when };
    },
    revive: () => {
      cut = null;
      isDown = false;
    },
  };
};
