// The examples in a real browser, from an origin of their own, over the real binary.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { eventually, launch, shot, watch, WINDOW } from './browser.mjs';
import { folder } from './folder.mjs';
import { shows } from './pixels.mjs';
import { start } from './wangge.mjs';

let wangge, browser, examples;
before(async () => {
  [wangge, browser, examples] = await Promise.all([start(), launch(), folder()]);
});
after(async () => {
  await browser?.close();
  examples?.stop();
  await wangge?.stop();
});

const MIDDLE = { x: WINDOW.width / 2, y: WINDOW.height / 2 };
const get = async (path) => (await fetch(wangge.url + path)).json();

async function open(name, query = '') {
  const context = await browser.newContext({ viewport: WINDOW, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const seen = watch(page, examples.origin, wangge.url);
  await page.goto(`${examples.origin}/${name}.html?wangge=${wangge.url}${query}`);
  return { page, context, seen };
}

/** Clicks in the middle and waits until `said` is what the server says of the county's middle: its town at least. */
async function clicked(page, said) {
  const [w, s, e, n] = (await get('/api/summary')).bounds;
  const { chain } = await get(`/api/locate?lon=${(w + e) / 2}&lat=${(s + n) / 2}`);
  await page.mouse.click(MIDDLE.x, MIDDLE.y);
  await eventually(async () => assert.ok((await said()).includes(chain.at(-1).name), await said()));
}

test('each is short and says how to run it', () => {
  for (const name of ['maplibre', 'openlayers', 'leaflet', 'amap']) {
    const text = readFileSync(new URL(`../../examples/${name}.html`, import.meta.url), 'utf8');
    assert.ok(text.trimEnd().split('\n').length <= 60, name);
    assert.match(text, /cd examples && .*http\.server/);
  }
});

test('MapLibre: overlay, click, and a lookup in GCJ-02', async () => {
  const { page, context, seen } = await open('maplibre');
  await shows(page);
  const output = page.locator('output');
  await clicked(page, () => output.innerText());
  const { leaf } = await get('/api/locate?lon=120.2257&lat=33.7565&crs=gcj02');
  await page.getByRole('button').click();
  await eventually(async () => assert.ok((await output.innerText()).startsWith(leaf.name)));
  await shot(page, 'example-maplibre');
  seen.check();
  await context.close();
});

for (const style of ['day', 'night']) {
  test(`OpenLayers: the style ${style} by ol-mapbox-style, click`, async () => {
    const { page, context, seen } = await open('openlayers', `&style=${style}`);
    await page.waitForSelector('body[data-drawn=true]', { state: 'attached', timeout: 60_000 });
    await shows(page);
    await clicked(page, () => page.locator('output').innerText());
    await shot(page, `example-openlayers-${style}`);
    seen.check();
    await context.close();
  });
}

test('Leaflet: towns as GeoJSON, click', async () => {
  const { page, context, seen } = await open('leaflet');
  await page.waitForSelector('body[data-drawn=true]', { state: 'attached', timeout: 60_000 });
  await shows(page);
  assert.equal(await page.locator('path.leaflet-interactive').count(), 19);
  await clicked(page, () => page.locator('.leaflet-popup-content').innerText());
  await shot(page, 'example-leaflet');
  seen.check();
  await context.close();
});

/** As much of Amap as the example touches; it keeps what it was told. */
const STAND_IN = `window.AMap = {
  Map: class { constructor(box, options) { Object.assign(this, { box, options, on: (_, f) => (this.click = f), add: (l) => (this.layer = l) }); window.amap = this; } },
  MapboxVectorTileLayer: class { constructor(options) { this.options = options; } },
};`;

test('Amap, with a stand-in for its script: tiles and lookups in GCJ-02', async () => {
  const context = await browser.newContext({ viewport: WINDOW });
  const page = await context.newPage();
  const seen = watch(page, examples.origin, wangge.url, 'https://webapi.amap.com');
  await page.route('https://webapi.amap.com/**', (route) => route.fulfill({ contentType: 'text/javascript', body: STAND_IN }));
  await page.goto(`${examples.origin}/amap.html?wangge=${wangge.url}&key=k`);
  await page.waitForFunction(() => window.amap?.click);
  const { url, styles, dataZooms } = await page.evaluate(() => window.amap.layer.options);
  const tilejson = await get('/tiles/grids.json?crs=gcj02');
  assert.deepEqual(dataZooms, [tilejson.minzoom, tilejson.maxzoom]);
  assert.equal(styles.polygon.sourceLayer, tilejson.vector_layers[0].id);
  const [lon, lat] = await page.evaluate(() => window.amap.options.center);
  const rad = (lat * Math.PI) / 180;
  const [x, y] = [((lon + 180) / 360) * 4096, ((1 - Math.asinh(Math.tan(rad)) / Math.PI) / 2) * 4096].map(Math.floor);
  const tile = await fetch(url.replace('[z]', 12).replace('[x]', x).replace('[y]', y));
  assert.equal(tile.status, 200);
  assert.equal(tile.headers.get('content-type'), 'application/vnd.mapbox-vector-tile');

  await page.evaluate(() => window.amap.click({ lnglat: { lng: 120.2257, lat: 33.7565 } }));
  const { leaf } = await get('/api/locate?lon=120.2257&lat=33.7565&crs=gcj02');
  await eventually(async () => assert.ok((await page.locator('output').innerText()).startsWith(leaf.name)));
  seen.check();
  await context.close();
});
