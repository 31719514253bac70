/**
 * Starts something once, at once, and hands it to whoever asks. A start that failed is forgotten, so that the next to ask
 * starts again: a process must not answer with yesterday's outage for ever. Askers at the same time share one start.
 */
export const retryStart = <T>(start: () => Promise<T>): (() => Promise<T>) => {
  let running: Promise<T> | null = null;
  const begin = (): Promise<T> => {
    const attempt = start();
    running = attempt;
    // Also keeps a failure before the first asker from being an unhandled rejection.
    attempt.catch(() => {
      if (running === attempt) running = null;
    });
    return attempt;
  };
  begin().catch(() => undefined);
  return () => running ?? begin();
};
