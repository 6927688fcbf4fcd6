// Versions that others enter while the page is open: an import beside the running server.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { drawn, eventually, launch, open, shot, WINDOW } from './browser.mjs';
import { isTouched, published as heard, quiet, tilesOf } from './events.mjs';
import { folder } from './folder.mjs';
import { card } from './suite.mjs';
import { startOver } from './wangge.mjs';

let wangge, browser;
before(async () => {
  [wangge, browser] = await Promise.all([startOver(), launch()]);
});
after(async () => {
  await browser?.close();
  await wangge?.stop();
});

const ask = async (path) => (await fetch(`${wangge.url}${path}`)).json();

/** Renames one grid, given by code; its tiles change, and those of no other. */
const rename = (code, name) => (text) => {
  const { features, ...rest } = JSON.parse(text);
  for (const { properties } of features) if (properties.code === code) properties.name = name;
  return JSON.stringify({ ...rest, features });
};

// Two places of the county, so far from each other that at zoom 14 they share no tile.
const HERE = [120.221172, 33.757983];
const leaf = async ([lon, lat]) => (await ask(`/api/locate?lon=${lon}&lat=${lat}`)).leaf;
const tileOf = ([lon, lat], z) => {
  const n = 2 ** z;
  const y = (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;
  return [z, Math.floor(((lon + 180) / 360) * n), Math.floor(y * n)].join('/');
};

const published = (act) => heard(wangge.url, act);

test('an import beside the server is shown on the open page, and only touched tiles are fetched again', async () => {
  const grid = await leaf(HERE);
  const { page, context, seen } = await open(browser, wangge.url, { hash: `#map=14/${HERE[1]}/${HERE[0]}&unit=${grid.code}` });
  await card(page).getByRole('heading', { name: grid.name }).waitFor();
  await page.keyboard.press('t');
  await page.locator('section input').fill(grid.code);
  await page.locator('tbody').getByText(grid.name, { exact: true }).waitFor();
  await quiet(page, seen);
  const before = tilesOf(seen.urls);
  assert.ok(before.length >= 4, `${before.length} tiles`);
  assert.ok(before.every(({ v }) => v === '1'));
  const from = seen.urls.length;
  const event = await published(() => wangge.publish(rename(grid.code, '新名网格'), { author: '民政科', note: '改名' }));
  assert.deepEqual([event.version, event.from, event.counts], [2, 1, { grid: 1 }]);

  await page.locator('.notices').getByText('版本 2 已发布 · 民政科：改名 · 1 个网格').waitFor();
  await shot(page, 'published');
  await card(page).getByRole('heading', { name: '新名网格' }).waitFor();
  await page.locator('footer').getByText('版本 2').waitFor();
  await page.locator('tbody').getByText('新名网格').waitFor();
  const named = (one) => isTouched(event, one);
  await eventually(() => assert.ok(tilesOf(seen.urls.slice(from)).some(({ tile }) => tile === tileOf(HERE, 14)), 'its own tile'));
  await quiet(page, seen);
  const again = tilesOf(seen.urls.slice(from));
  assert.ok(again.every(({ v }) => v === '2'), JSON.stringify(again));
  assert.ok(again.every(named), `fetched in vain: ${JSON.stringify(again)}`);
  assert.ok(again.length < before.length, `${again.length} of ${before.length}`);
  assert.equal(seen.urls.filter(({ pathname }) => pathname === '/tiles/county.json').length, 1, 'nothing was loaded anew');

  // What comes into view later is asked for as the new version.
  await page.evaluate(() => (location.hash = location.hash.replace(/map=14/, 'map=12')));
  await eventually(() => assert.ok(tilesOf(seen.urls).some(({ tile, v }) => tile.startsWith('12/') && v === '2')));
  seen.check();
  await context.close();
});

test('an older version that is looked at is left alone', async () => {
  const grid = await leaf(HERE);
  const { page, context, seen } = await open(browser, wangge.url, { hash: `#map=14/${HERE[1]}/${HERE[0]}&v=1&unit=${grid.code}` });
  await card(page).getByRole('heading').first().waitFor();
  await quiet(page, seen);
  const from = seen.urls.length;
  await published(() => wangge.publish(rename(grid.code, '又一名'), { author: '民政科', note: '再改' }));
  await page.waitForTimeout(1500);
  assert.deepEqual(tilesOf(seen.urls.slice(from)), []);
  assert.equal(await card(page).getByText('又一名').count(), 0);
  await page.getByRole('button', { name: '回到当前' }).click();
  await card(page).getByRole('heading', { name: '又一名' }).waitFor();
  seen.check();
  await context.close();
});

test('the stream resumes after the server was away, and brings what came meanwhile', async () => {
  const context = await browser.newContext({ viewport: WINDOW, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const grid = await leaf(HERE);
  const { version } = await ask('/api/summary');
  await page.goto(`${wangge.url}/#map=14/${HERE[1]}/${HERE[0]}&unit=${grid.code}`);
  await drawn(page);
  await card(page).getByRole('heading', { name: grid.name }).waitFor();
  await page.waitForTimeout(500);
  const took = await wangge.halt();
  assert.ok(took < 5000, `an open stream held the server up for ${took} ms`);
  wangge.publish(rename(grid.code, '恢复后的网格'), { author: '民政科', note: '停机期间' });
  await wangge.resume();
  await page.locator('footer').getByText(`版本 ${version + 1}`).waitFor({ timeout: 20_000 });
  await card(page).getByRole('heading', { name: '恢复后的网格' }).waitFor();
  await page.locator('.notices').getByText('停机期间').waitFor();
  await context.close();
});

test('two pages of a browser share one stream', async () => {
  const context = await browser.newContext({ viewport: WINDOW, reducedMotion: 'reduce' });
  const streams = async () => Number(/wangge_event_streams (\d+)/.exec(await (await fetch(`${wangge.url}/metrics`)).text())[1]);
  // Those of the tests before are noticed to be gone when the server says something.
  await eventually(async () => assert.equal(await streams(), 0), Date.now() + 40_000);
  const pages = [await context.newPage(), await context.newPage()];
  for (const page of pages) {
    await page.goto(wangge.url);
    await drawn(page);
  }
  await eventually(async () => assert.equal(await streams(), 1));
  const grid = await leaf(HERE);
  wangge.publish(rename(grid.code, '两页同见'), { author: '民政科', note: '两页' });
  for (const page of pages) await page.locator('.notices').getByText('两页').waitFor({ timeout: 20_000 });
  await context.close();
});

test('a store that is away is said on the page', async () => {
  const context = await browser.newContext({ viewport: WINDOW, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(wangge.url);
  await drawn(page);
  const stale = async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'wangge-stale': '90' } });
  };
  await page.route('**/api/summary', stale);
  await page.clock.runFor(31_000);
  await page.locator('.notices').getByText(/服务器连不上数据库，自 \d\d:\d\d 起/).waitFor();
  await shot(page, 'stale');
  await page.unroute('**/api/summary', stale);
  await page.clock.runFor(5_000);
  await page.locator('.notices').getByText('服务器连不上数据库').waitFor({ state: 'detached' });
  await context.close();
});

test("others' maps take the new version's tiles", async () => {
  const PAGE = `<!doctype html><title>theirs</title><link rel="icon" href="data:,">
<style>body{margin:0}#map{position:absolute;inset:0}</style>
<script type="importmap">{"imports":{"maplibre-gl":"/node_modules/maplibre-gl/dist/maplibre-gl.mjs"}}</script>
<div id="map"></div>
<script type="module">
  import { Map } from 'maplibre-gl';
  const map = new Map({ container: 'map', center: ${JSON.stringify(HERE)}, zoom: 13, style: { version: 8, sources: {}, layers: [] } });
  const { overlay } = await import('${wangge.url}/wangge.js');
  await overlay(map);
  document.body.dataset.ready = 'true';
</script>`;
  const theirs = await folder({ 'theirs.html': PAGE });
  const page = await browser.newPage();
  const urls = [];
  page.on('request', (request) => urls.push(new URL(request.url())));
  await page.goto(`${theirs.origin}/theirs.html`);
  await page.waitForSelector('body[data-ready=true]', { state: 'attached', timeout: 60_000 });
  await eventually(() => assert.ok(tilesOf(urls).length > 0));
  const grid = await leaf(HERE);
  const { version } = await ask('/api/summary');
  wangge.publish(rename(grid.code, '别家也见'), { author: '民政科', note: '别家' });
  await eventually(() => assert.ok(tilesOf(urls).some(({ v }) => v === String(version + 1))));
  await page.close();
  theirs.stop();
});
