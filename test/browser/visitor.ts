import type { BrowserContext } from 'playwright-core';
import type { PageFunctions } from './page/functions';

/** Somebody before a page. */
export interface Visitor {
  /** The browser profile: cookies and storage. */
  readonly context: BrowserContext;
  /** Has the page do something, and gives what came of it. */
  readonly ask: <Name extends keyof PageFunctions>(
    name: Name,
    ...args: Parameters<PageFunctions[Name]>
  ) => Promise<Awaited<ReturnType<PageFunctions[Name]>>>;
  /** Asks again and again, until the answer is as wanted or time is up; gives the last one. */
  readonly askUntil: <Name extends keyof PageFunctions>(
    name: Name,
    isWanted: (answer: Awaited<ReturnType<PageFunctions[Name]>>) => boolean,
    timeoutMs?: number,
  ) => Promise<Awaited<ReturnType<PageFunctions[Name]>>>;
  readonly reload: () => Promise<void>;
  /** What went wrong in the page unseen. */
  readonly errors: readonly string[];
  readonly close: () => Promise<void>;
}

export const openVisitor = async (context: BrowserContext, url: string): Promise<Visitor> => {
  const tab = await context.newPage();
  const errors: string[] = [];
  tab.on('pageerror', (error) => errors.push(String(error)));
  await tab.goto(url);

  const ask: Visitor['ask'] = (name, ...args) =>
    // Runs in the page.
    tab.evaluate(([wanted, given]) => (globalThis.page[wanted] as (...all: unknown[]) => unknown)(...given), [
      name,
      args,
    ] as const) as never;

  return {
    context,
    ask,
    askUntil: async (name, isWanted, timeoutMs = 10_000) => {
      const until = Date.now() + timeoutMs;
      for (;;) {
        const answer = await (ask as (of: typeof name) => ReturnType<typeof ask>)(name);
        if (isWanted(answer as never) || Date.now() > until) return answer as never;
        await tab.waitForTimeout(25);
      }
    },
    reload: async () => {
      await tab.reload();
    },
    errors,
    close: () => context.close(),
  };
};
