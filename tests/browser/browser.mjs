// A real browser, and a watch over what a page does in it.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

/** Small: every pixel is drawn in software. */
export const WINDOW = { width: 1024, height: 640 };

const OUT = fileURLToPath(new URL('./out', import.meta.url));

/** Software rendering, no sandbox (the tests run as root), and no name resolves: all there is is
 * 127.0.0.1, and 127.0.0.2 for what is another site. */
export const launch = () =>
  chromium.launch({
    executablePath: process.env.WANGGE_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE 127.0.0.2',
    ],
  });

/** What the driver says about itself is not ours. */
const ours = (text) => !text.startsWith('[.WebGL-') && !/GPU stall|GroupMarkerNotSet/.test(text);

/** Collects all that must not happen on `page`, which may ask these origins and no other; `check` fails with it,
 * less what its argument matches. */
export function watch(page, ...origins) {
  const faults = [];
  const urls = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && ours(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    urls.push(url);
    if (!origins.includes(url.origin) && !['blob:', 'data:'].includes(url.protocol)) faults.push(`another host: ${url.href}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    // MapLibre withdraws tiles that it no longer needs.
    if (why !== 'net::ERR_ABORTED') faults.push(`failed: ${request.url()} ${why}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`status ${response.status()}: ${response.url()}`);
  });
  return { urls, check: (but) => assert.deepEqual(faults.filter((fault) => !but?.test(fault)), []) };
}

/** Opens the page under `hash`; resolves when the map is drawn for the first time. */
export async function open(browser, origin, { hash = '', ...options } = {}) {
  const context = await browser.newContext({ viewport: WINDOW, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const seen = watch(page, origin);
  const start = Date.now();
  await page.goto(`${origin}/${hash}`);
  await drawn(page);
  return { page, context, seen, drawnMs: Date.now() - start };
}

export const drawn = (page) => page.waitForSelector('main[data-drawn=true]', { timeout: 60_000 });

/** Keeps a picture in tests/browser/out if WANGGE_SHOTS is set. */
export async function shot(page, name) {
  if (!process.env.WANGGE_SHOTS) return;
  mkdirSync(OUT, { recursive: true });
  await page.screenshot({ path: `${OUT}/${name}.png` });
}

/** Tries `check` until it throws no more; after twenty seconds its last error stands. */
export async function eventually(check, deadline = Date.now() + 20_000) {
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}
