import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * The Chromium of this machine, without a window; CHROMIUM names another one.
 *
 * @param hosts names that lead to a port of this machine, as a name server would have it
 * @throws Error with the fix when there is none
 */
export const openBrowser = (hosts: Readonly<Record<string, number>>): Promise<Browser> => {
  const candidates = process.env.CHROMIUM === undefined ? USUAL : [process.env.CHROMIUM];
  const executablePath = candidates.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(`No Chromium at ${candidates.join(', ')}: install it, or name it in CHROMIUM.`);
  }
  const rules = Object.entries(hosts).map(([host, port]) => `MAP ${host} 127.0.0.1:${port}`);
  return chromium.launch({
    executablePath,
    // Its sandbox refuses to start as root, and nobody else can do without it.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [`--host-resolver-rules=${rules.join(',')}`],
  });
};
