// What nearly every file of tests begins with: one server and one browser for all its tests. And what is read off
// the page in more than one of them.

import { after, before } from 'node:test';
import { launch, open } from './browser.mjs';
import { start } from './wangge.mjs';

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Starts both before the file's first test, ends them after its last; `options` are those of `start`. */
export function suite(options) {
  let wangge, browser;
  before(async () => {
    wangge = await start(options);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await wangge?.stop();
  });
  const ask = async (path) => (await fetch(`${wangge.url}${path}`)).json();
  return {
    /** The server's address. */
    url: () => wangge.url,
    /** What the server answers. */
    ask,
    locate: ({ lon, lat }, more = '') => ask(`/api/locate?lon=${lon}&lat=${lat}${more}`),
    /** Opens the page and waits for the map. */
    open: (options) => open(browser, wangge.url, options),
    /** A page that is still empty: for what has to be arranged before it opens, and watched by the test itself. */
    empty: async (options) => {
      const context = await browser.newContext(options);
      return { page: await context.newPage(), context };
    },
  };
}

/** The card of what is chosen. */
export const card = (page) => page.locator('aside.right');

/** A code as it is, without the spaces it is shown with. */
export const digits = (text) => text.replace(/\D/g, '');

/** The code on the card, once there is one. */
export const codeOn = async (page) => digits(await card(page).locator('p.code').innerText());
