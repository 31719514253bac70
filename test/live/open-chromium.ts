import { setTimeout as sleep } from 'node:timers/promises';
import { openBrowser } from '../browser/open-browser';
import { servePage } from '../browser/serve-page';
import { openVisitor } from '../browser/visitor';
import { LIVE_TABLES } from './row-event';
import type { Project } from './stage';
import { makeNotes, type ToldChange, type Watch } from './watch';

/** A session of Supabase Auth. */
export interface Session {
  readonly access_token: string;
  readonly refresh_token: string;
}

export interface Chromium {
  /** The same as `watchRows`, by a page in a browser profile of its own. */
  readonly watch: (session: Session) => Promise<Watch>;
  readonly close: () => Promise<void>;
}

const LOOK_MS = 50;

export const openChromium = async (project: Project): Promise<Chromium> => {
  const pages = await servePage(() => ({ ...project, apiUrl: '' }));
  const browser = await openBrowser({}).catch(async (error: unknown) => {
    await pages.close();
    throw error;
  });
  return {
    watch: async (session) => {
      const visitor = await openVisitor(await browser.newContext(), `http://127.0.0.1:${pages.port}/`);
      await visitor.ask('takeSession', session);
      const status = await visitor.ask('watch', LIVE_TABLES);
      if (status !== 'SUBSCRIBED') throw new Error(`Chromium: ${status}`);
      const { arrived, faults, take } = makeNotes();
      let isOpen = true;
      const looking = (async () => {
        while (isOpen) {
          const fresh = (await visitor.ask('rowsFrom', arrived.length)) as readonly ToldChange[];
          for (const change of fresh) take(change);
          await sleep(LOOK_MS);
        }
      })();
      looking.catch((error: unknown) => faults.push(String(error)));
      const close = async (): Promise<void> => {
        isOpen = false;
        await looking.catch(() => undefined);
        await visitor.close();
      };
      return { arrived, faults, close };
    },
    close: async () => {
      await browser.close();
      await pages.close();
    },
  };
};
