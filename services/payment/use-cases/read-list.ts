import { isAppError } from '#shared/errors/app-error';
import type { Provider } from '../domain/provider-scale';
import type { ListWindow } from '../ports';
import { type ListCursor, moveCursor } from '../sql/move-cursor';
import { askPatiently } from './ask-patiently';
import type { RunBudget } from './run-budget';
import type { SweepRun } from './sweep-run';

/** How a list of a provider's is read, page by page. */
export interface ListReading<Page extends { readonly next: string | null }> {
  readonly ask: (window: ListWindow) => Promise<Page>;
  /** Takes a page in; false when the budget was spent before all of it was in: the page is then read again. */
  readonly takeIn: (page: Page) => Promise<boolean>;
  /** Called once the whole window is in, before the cursor moves over it. */
  readonly finish?: (window: ListWindow) => Promise<void>;
}

/**
 * Reads one page of a window and moves the cursor over it, so that a run that dies goes on there; at the end of the window the
 * cursor moves over that. Null where this run ends: its budget is spent, or another run has moved the cursor. A page that fails
 * moves nothing.
 */
export const readPage = async <Page extends { readonly next: string | null }>(
  deps: SweepRun,
  cursor: ListCursor,
  window: ListWindow,
  reading: ListReading<Page>,
  budget: RunBudget,
): Promise<ListCursor | null> => {
  const { provider } = cursor;
  const page = await askForPage(deps, provider, budget, () => reading.ask(window)).catch((error: unknown) => {
    if (isForgotten(error, window)) return null;
    throw error;
  });
  // The provider has forgotten the mark: the window is read from its start again, and what is in is passed over.
  if (page === null) return moveCursor(deps.database, { ...cursor, window: { ...window, mark: null } });
  if (!(await deps.patience.ask(provider, () => reading.takeIn(page)))) return null;
  const { next } = page;
  // The same page for ever would keep all later ones out.
  if (next !== null && next === window.mark) throw new Error(`${provider} lists the same page again`);
  if (next !== null) return moveCursor(deps.database, { ...cursor, window: { ...window, mark: next } });
  await reading.finish?.(window);
  // The clock that opened the window may have been behind the one before.
  const readUntil = window.until > cursor.readUntil ? window.until : cursor.readUntil;
  return moveCursor(deps.database, { ...cursor, readUntil, window: null });
};

const askForPage = <Page>(
  deps: SweepRun,
  provider: Provider,
  budget: RunBudget,
  ask: () => Promise<Page>,
): Promise<Page> =>
  askPatiently(deps, budget.until, () => {
    budget.spend();
    return deps.patience.ask(provider, ask);
  });

const isForgotten = (error: unknown, { mark }: ListWindow): boolean =>
  mark !== null && (isAppError(error, 'provider_rejected') || isAppError(error, 'payment_not_found'));
