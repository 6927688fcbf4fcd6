// /wangge.js in somebody else's MapLibre page, on another origin.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, launch, shot, watch, WINDOW } from './browser.mjs';
import { folder } from './folder.mjs';
import { at, picture, shows } from './pixels.mjs';
import { start } from './wangge.mjs';

// The seat of 合德镇; the middle of the window is there.
const SEAT = [120.221172, 33.757983];
const MIDDLE = { x: WINDOW.width / 2, y: WINDOW.height / 2 };

const PAGE = `<!doctype html><title>theirs</title><link rel="icon" href="data:,">
<style>body{margin:0}#map{position:absolute;inset:0}</style>
<script type="importmap">{"imports":{"maplibre-gl":"/node_modules/maplibre-gl/dist/maplibre-gl.mjs"}}</script>
<link rel="stylesheet" href="/node_modules/maplibre-gl/dist/maplibre-gl.css">
<div id="map"></div>
<script type="module">
  import { Map } from 'maplibre-gl';
  const WANGGE = new URLSearchParams(location.search).get('wangge');
  window.paper = (color) => ({ version: 8, sources: {}, layers: [{ id: 'paper', type: 'background', paint: { 'background-color': color } }] });
  window.map = new Map({ container: 'map', center: ${JSON.stringify(SEAT)}, zoom: 13, style: paper('#ffff00'), fadeDuration: 0 });
  window.picks = []; window.faults = [];
  window.wangge = await import(WANGGE + '/wangge.js');
  window.grids = await wangge.overlay(map, { onpick: (where) => picks.push(where), onfault: (error) => faults.push(error) });
  document.body.dataset.ready = 'true';
</script>`;

let wangge, browser, theirs;
before(async () => {
  [wangge, browser, theirs] = await Promise.all([start(), launch(), folder({ 'theirs.html': PAGE })]);
});
after(async () => {
  await browser?.close();
  theirs?.stop();
  await wangge?.stop();
});

async function open() {
  const context = await browser.newContext({ viewport: WINDOW, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const seen = watch(page, theirs.origin, wangge.url);
  await page.goto(`${theirs.origin}/theirs.html?wangge=${wangge.url}`);
  await page.waitForSelector('body[data-ready=true]', { state: 'attached', timeout: 60_000 });
  await shows(page);
  return { page, context, seen };
}

const layers = (page) => page.evaluate(() => map.getStyle().layers.map(({ id }) => id));
const answer = async (query) => (await fetch(`${wangge.url}/api/locate?${query}`)).json();

test('it lays the style thinly over their map, and takes nothing of theirs away', async () => {
  const { page, context, seen } = await open();
  const style = await (await fetch(`${wangge.url}/styles/day.json?overlay=true`)).json();
  assert.deepEqual(await layers(page), ['paper', ...style.layers.map(({ id }) => `wangge-${id}`)]);
  const { data } = await picture(page);
  let yellow = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i] - data[i + 2] > 80) yellow += 1;
  assert.ok(yellow > data.length / 8, 'their yellow paper is seen through the tints');
  await shot(page, 'embed');
  seen.check();
  await context.close();
});

test('hover lights up, a click locates and marks', async () => {
  const { page, context, seen } = await open();
  const spot = { x: MIDDLE.x - 4, y: MIDDLE.y - 4, width: 4, height: 4 };
  const pixel = async () => at(await picture(page, spot), 0, 0);
  const plain = await pixel();
  await page.mouse.move(MIDDLE.x, MIDDLE.y);
  await eventually(async () => assert.notDeepEqual(await pixel(), plain, 'not lit under the pointer'));
  const hovered = await pixel();
  await page.mouse.click(MIDDLE.x, MIDDLE.y);
  await page.waitForFunction(() => picks.length > 0);
  await eventually(async () => assert.notDeepEqual(await pixel(), hovered, 'not marked'));
  const { leaf } = await answer(`lon=${SEAT[0]}&lat=${SEAT[1]}`);
  assert.equal(await page.evaluate(() => picks[0].leaf.code), leaf.code);
  await page.mouse.move(5, 5);
  await page.evaluate(() => grids.choose(null));
  await eventually(async () => assert.deepEqual(await pixel(), plain, 'the marks are gone'));
  seen.check();
  await context.close();
});

test('it stays when they change their style, changes its own, and goes without a trace', async () => {
  const { page, context, seen } = await open();
  await page.evaluate(() => map.setStyle(paper('#00ffff'), { diff: false }));
  await eventually(async () => assert.ok((await layers(page)).includes('wangge-grids-fill')));
  await shows(page);
  await page.evaluate(() => grids.restyle('night'));
  await shows(page);
  const night = await (await fetch(`${wangge.url}/styles/night.json?overlay=true`)).json();
  const colour = night.layers.find(({ id }) => id === 'borders-county').paint['line-color'];
  assert.deepEqual(await page.evaluate(() => map.getPaintProperty('wangge-borders-county', 'line-color')), colour);
  await page.evaluate(() => grids.remove());
  assert.deepEqual(await layers(page), ['paper']);
  assert.deepEqual(await page.evaluate(() => Object.keys(map.getStyle().sources)), []);
  await page.mouse.click(MIDDLE.x, MIDDLE.y);
  assert.equal(await page.evaluate(() => picks.length), 0, 'clicks are not listened to any more');
  seen.check();
  await context.close();
});

test('locate takes coordinates in every form, and says why it was refused', async () => {
  const { page, context, seen } = await open();
  const located = (...args) => page.evaluate((args) => wangge.locate(...args).then((where) => where.leaf?.code), args);
  const [lon, lat] = SEAT;
  const { leaf } = await answer(`lon=${lon}&lat=${lat}`);
  for (const place of [SEAT, { lon, lat }, { lng: lon, lat }]) assert.equal(await located(place), leaf.code);
  const amap = await answer(`lon=${lon}&lat=${lat}&crs=gcj02`);
  assert.equal(await located(SEAT, { crs: 'gcj02' }), amap.leaf.code);
  assert.notEqual(amap.leaf.code, leaf.code, 'half a kilometre away');
  seen.check();
  const refused = await page.evaluate(() => wangge.locate([33, 120]).catch((error) => [error.status, error.message]));
  assert.equal(refused[0], 400);
  assert.match(refused[1], /latitude|lat/);
  await context.close();
});

test('an origin that the operator did not name cannot read it', async () => {
  const closed = await start({ flags: ['--cors-origin', 'https://town.example'] });
  try {
    const page = await browser.newPage();
    await page.goto(`${theirs.origin}/leaflet.html?wangge=${wangge.url}`);
    assert.equal(await page.evaluate((url) => import(url).then(() => 'read', () => 'refused'), `${closed.url}/wangge.js`), 'refused');
    await page.close();
  } finally {
    await closed.stop();
  }
});
