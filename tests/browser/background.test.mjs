// A background map beneath the page's grids: images, vector tiles, and another service that is away.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { PNG as Picture } from 'pngjs';
import { drawn, eventually, launch, open, shot, watch, WINDOW } from './browser.mjs';
import { at, picture, shows } from './pixels.mjs';
import { archive, MVT, PNG, tileId } from './pmtiles.mjs';
import { start } from './wangge.mjs';

let browser;
const dir = mkdtempSync(join(tmpdir(), 'wangge-background-'));
before(async () => (browser = await launch()));
after(async () => {
  await browser?.close();
  rmSync(dir, { recursive: true, force: true });
});

async function valid(url, beneath) {
  for (const name of ['day', 'night']) {
    const style = await (await fetch(`${url}/styles/${name}.json`)).json();
    assert.deepEqual(validateStyleMin(style).map((error) => error.message), []);
    assert.deepEqual(style.layers.slice(1, 1 + beneath.length).map(({ id }) => id), beneath);
  }
}

function tileOf(rgb) {
  const png = new Picture({ width: 256, height: 256 });
  for (let i = 0; i < png.data.length; i += 4) png.data.set([...rgb, 255], i);
  return Picture.sync.write(png);
}

test('images from a PMTiles file lie beneath the grids', async () => {
  const all = { id: 0, run: tileId(9, 0, 0), bytes: tileOf([255, 200, 0]) };
  const file = archive(join(dir, 'images.pmtiles'), { type: PNG, zooms: [0, 8], metadata: { attribution: '© 某院' }, tiles: [all] });
  const wangge = await start({ flags: ['--background', file, '--attribution', '审图号：苏S(2026)001号'] });
  try {
    await valid(wangge.url, ['basemap']);
    const { page, context, seen } = await open(browser, wangge.url, { colorScheme: 'light' });
    await eventually(async () => assert.deepEqual(at(await picture(page), 2, 320), [255, 200, 0], 'at the edge, outside the county'));
    await shows(page);
    await shot(page, 'background-images');
    seen.check();
    await context.close();
  } finally {
    await wangge.stop();
  }
});

test('vector tiles from a PMTiles file are drawn plainly', async () => {
  const plain = await start();
  const tiles = [];
  let vector_layers;
  try {
    const described = await (await fetch(`${plain.url}/tiles/background.json`)).json();
    vector_layers = described.vector_layers;
    const [w, s, e, n] = described.bounds;
    const row = (lat) => ((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * 256;
    for (let x = Math.floor(((w + 180) / 360) * 256); x <= ((e + 180) / 360) * 256; x++) {
      for (let y = Math.floor(row(n)); y <= row(s); y++) {
        const tile = await fetch(`${plain.url}/tiles/background/8/${x}/${y}.mvt`);
        if (tile.status === 200) tiles.push({ id: tileId(8, x, y), bytes: Buffer.from(await tile.arrayBuffer()) });
      }
    }
  } finally {
    await plain.stop();
  }
  assert.ok(tiles.length > 0);
  const file = archive(join(dir, 'lines.pmtiles'), { type: MVT, zooms: [8, 8], metadata: { vector_layers }, tiles });
  const wangge = await start({ flags: ['--background', file] });
  try {
    await valid(wangge.url, ['fill', 'line', 'symbol'].flatMap((kind) => vector_layers.map(({ id }) => `basemap-${id}-${kind}`)));
    const { page, context, seen } = await open(browser, wangge.url);
    await shows(page);
    await eventually(async () => assert.ok(seen.urls.some(({ pathname }) => /^\/tiles\/basemap\/8\/\d+\/\d+\.mvt$/.test(pathname))));
    await shot(page, 'background-vector');
    seen.check();
    await context.close();
  } finally {
    await wangge.stop();
  }
});

test('when Tianditu is away the grids stay', async () => {
  const wangge = await start({ flags: ['--tianditu-key', '0123456789abcdef', '--tianditu-url', 'http://127.0.0.1:9'] });
  try {
    await valid(wangge.url, ['basemap', 'basemap-labels']);
    const context = await browser.newContext({ viewport: WINDOW });
    const page = await context.newPage();
    const { urls } = watch(page, wangge.url);
    await page.goto(wangge.url);
    await drawn(page);
    await shows(page);
    assert.ok(urls.every((url) => url.origin === wangge.url && !url.href.includes('0123456789abcdef')));
    assert.ok(urls.some(({ pathname }) => pathname.startsWith('/tiles/basemap/')));
    assert.equal(await page.getByText('有些图块没有取到').count(), 0, 'the grids are all there: nothing to say');
    await shot(page, 'background-away');
    await context.close();
  } finally {
    await wangge.stop();
  }
});
