import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { startTandem } from '../../local/runner';
import type { Tandem } from '../../local/tandem';
import { openBrowser } from './open-browser';
import { servePage } from './serve-page';
import { openVisitor, type Visitor } from './visitor';

/** Sibling hosts, as a site and its API have in reality; Supabase is on another site altogether. */
const SITE_HOST = 'www.tandem.localhost';
const API_HOST = 'api.tandem.localhost';
const FOREIGN_HOST = 'elsewhere.localhost';

/** The whole backend, a site in front of it, and a browser. */
export interface Site {
  readonly tandem: Tandem;
  /** Opens the site in a browser profile of its own. */
  readonly visit: () => Promise<Visitor>;
  /** Another page of a visitor's own browser that somebody else made. */
  readonly lure: (visitor: Visitor) => Promise<Visitor>;
  readonly close: () => Promise<void>;
}

/** @throws Error when a part does not start; nothing stays behind then */
export const openSite = async (): Promise<Site> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'tandem-browser-'));
  let [tandem, browser]: [Tandem?, Browser?] = [];
  const pages = await servePage(() => ({
    supabaseUrl: tandem?.info.urls.supabase ?? '',
    publishableKey: tandem?.info.keys.supabasePublishable ?? '',
    apiUrl: `http://${API_HOST}`,
  }));
  const close = async () => {
    await browser?.close();
    await pages.close();
    await tandem?.close();
    rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    const env = { SITE_URL: `http://${SITE_HOST}` };
    const started = await startTandem({ stateDir, durable: false, seedUsers: false, env });
    tandem = started;
    const gatewayPort = Number(new URL(started.info.urls.api ?? '').port);
    const hosts = { [SITE_HOST]: pages.port, [FOREIGN_HOST]: pages.port, [API_HOST]: gatewayPort };
    const opened = await openBrowser(hosts);
    browser = opened;
    return {
      tandem: started,
      visit: async () => openVisitor(await opened.newContext(), `http://${SITE_HOST}/`),
      lure: ({ context }) => openVisitor(context, `http://${FOREIGN_HOST}/`),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
