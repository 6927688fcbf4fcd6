// The first page in a real browser, over the real binary.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, eventually, shot, watch, WINDOW } from './browser.mjs';
import { at, blank, measure, picture, shows } from './pixels.mjs';
import { digits, PHONE, suite } from './suite.mjs';

// The seat of 合德镇; the middle of the window is there under this address.
const SEAT = '#map=13/33.757983/120.221172';
const MIDDLE = { x: WINDOW.width / 2, y: WINDOW.height / 2 };

const { open, empty, url, ask, locate } = suite();
test('the whole county is drawn, and only this server is asked', async (t) => {
  const { page, seen, drawnMs } = await open();
  t.diagnostic(`drawn after ${drawnMs} ms`);
  const look = await shows(page);
  t.diagnostic(`${look.colours} colours, ${(look.edges * 100).toFixed(1)} % edges`);
  assert.ok(seen.urls.some((url) => /^\/tiles\/county\/\d+\/\d+\/\d+\.mvt$/.test(url.pathname)), 'no county tile was asked for');
  assert.deepEqual(seen.urls.filter((url) => /font|glyph|sprite|\.pbf/.test(url.pathname)).map(String), []);
  seen.check();
  await shot(page, 'county-day');
});

test('the check for a blank map tells a map without tiles', async () => {
  const { page, context } = await empty({ viewport: WINDOW });
  await page.route('**/*.mvt*', (route) => route.fulfill({ status: 204 }));
  await page.goto(url());
  await drawn(page);
  assert.ok(blank(measure(await picture(page))));
  await context.close();
});

test('the county fits the window, whole and centred', async () => {
  for (const viewport of [{ width: 1920, height: 1080 }, { width: 1366, height: 768 }, { width: 390, height: 844 }]) {
    const { page, context, seen } = await open({ viewport });
    const png = await picture(page);
    const paper = at(png, 2, Math.round(png.height / 2));
    const differs = (x, y) => at(png, x, y).some((c, i) => Math.abs(c - paper[i]) > 6);
    const rows = [...Array(png.height).keys()].filter((y) => [...Array(png.width).keys()].some((x) => differs(x, y)));
    const tall = rows.at(-1) - rows[0];
    assert.ok(rows[0] > 4 && rows.at(-1) < png.height - 4, `cut off at ${viewport.width}: ${rows[0]} to ${rows.at(-1)}`);
    assert.ok(tall > (viewport.width > 640 ? 0.7 : 0.3) * png.height, `small at ${viewport.width}: ${tall} of ${png.height} px`);
    seen.check();
    await context.close();
  }
});

test('the grid under the pointer is named and lights up', async () => {
  const { page, context, seen } = await open({ hash: SEAT });
  const spot = { x: MIDDLE.x - 4, y: MIDDLE.y - 4, width: 4, height: 4 };
  const before = at(await picture(page, spot), 0, 0);
  await page.mouse.move(MIDDLE.x, MIDDLE.y);
  const hint = page.locator('[role=tooltip]');
  await hint.waitFor();
  const { leaf } = await locate({ lon: 120.221172, lat: 33.757983 });
  assert.equal(digits(await hint.locator('.code').innerText()), leaf.code);
  await eventually(async () => {
    const after = at(await picture(page, spot), 0, 0);
    assert.notDeepEqual(after, before, 'the grid looks the same under the pointer');
  });
  await shot(page, 'hover');
  await page.mouse.move(100, 30); // over the bar
  await hint.waitFor({ state: 'detached' });
  seen.check();
  await context.close();
});

test('a click locates: chain, code, border, as /api/locate says', async () => {
  const { page, context, seen } = await open({ hash: SEAT, permissions: ['clipboard-read', 'clipboard-write'] });
  await page.mouse.click(MIDDLE.x, MIDDLE.y);
  const card = page.locator('aside');
  await card.locator('p.code').waitFor();
  const [lon, lat] = new URL(page.url()).hash.match(/at=([\d.]+),([\d.]+)/).slice(1).map(Number);
  assert.ok(Math.abs(lon - 120.221172) < 2e-4 && Math.abs(lat - 33.757983) < 2e-4, `${lon}, ${lat}`);

  const truth = await locate({ lon, lat });
  const shown = await card.locator('p.code').innerText();
  assert.match(digits(shown), /^\d{15}$/);
  assert.equal(digits(shown), truth.leaf.code);
  const text = await card.innerText();
  for (const unit of truth.chain) assert.ok(text.includes(unit.name), `${unit.name} is not on the card`);
  assert.match(text, /距边界\s+[\d.]+ (米|公里)/);
  assert.match(text, /合成/);

  await card.locator('p.code button').click();
  await card.getByText('已复制').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), truth.leaf.code);
  await shot(page, 'card');

  await page.keyboard.press('Escape');
  assert.equal(await card.count(), 0);
  assert.ok(!page.url().includes('at='));
  seen.check();
  await context.close();
});

test('a link with a point opens its card', async () => {
  const { page, context, seen } = await open({ hash: `${SEAT}&at=120.221172,33.757983&lang=en&style=night` });
  const { leaf } = await locate({ lon: 120.221172, lat: 33.757983 });
  assert.equal(digits(await page.locator('aside p.code').innerText()), leaf.code);
  assert.match(await page.locator('aside').innerText(), /To the border/);
  assert.equal(await page.locator('html').getAttribute('data-style'), 'night');
  await shot(page, 'card-night');
  seen.check();
  await context.close();
});

test('a click at sea says outside, and how far the nearest grid is', async () => {
  const { page, context, seen } = await open({ hash: '#map=10/33.9/120.8' });
  await page.mouse.click(MIDDLE.x, MIDDLE.y);
  await page.getByRole('heading', { name: '县域之外' }).waitFor();
  const { nearest } = await locate({ lon: 120.8, lat: 33.9 });
  const text = await page.locator('aside').innerText();
  assert.ok(text.includes(nearest.name) && text.includes(nearest.code), text);
  assert.match(text, /[\d.]+ 公里/);
  await shot(page, 'outside');
  seen.check();
  await context.close();
});

test('day and night: by key, by the system, and kept in the address', async () => {
  const { page, context, seen } = await open();
  const dayLight = measure(await picture(page)).light;
  await page.keyboard.press('n');
  await page.locator('html[data-style=night]').waitFor();
  await eventually(async () => {
    const { light } = measure(await picture(page));
    assert.ok(light < dayLight / 2, `night ${light}, day ${dayLight}`);
  });
  await shows(page);
  assert.match(page.url(), /style=night/);
  await shot(page, 'county-night');
  await page.reload();
  await drawn(page);
  assert.equal(await page.locator('html').getAttribute('data-style'), 'night');
  seen.check();
  await context.close();

  const dark = await open({ colorScheme: 'dark' });
  assert.equal(await dark.page.locator('html').getAttribute('data-style'), 'night');
  await dark.page.locator('button.style').click();
  assert.equal(await dark.page.locator('html').getAttribute('data-style'), 'day');
  dark.seen.check();
  await dark.context.close();
});

test('Chinese first, English beside it', async () => {
  const { page, context, seen } = await open();
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  const footer = page.locator('footer');
  assert.match(await footer.innerText(), /合成[\s\S]*版本 1/);
  await page.locator('button.lang').click();
  assert.match(await footer.innerText(), /synthetic[\s\S]*Version 1/);
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.match(page.url(), /lang=en/);
  seen.check();
  await context.close();
});

test('the legend counts 3,689 grids', async () => {
  const { page, context } = await open();
  assert.match(await page.getByRole('region', { name: '图例' }).innerText(), /县\s+1\s+镇\s+19\s+村\s+274\s+网格\s+3,689/);
  await context.close();
});

test('on a phone the card is a sheet below, and the pin stands above it', async () => {
  const { page, context, seen } = await open(PHONE);
  await shot(page, 'phone');
  await page.touchscreen.tap(200, 600);
  const card = page.locator('aside');
  await card.locator('h2').waitFor();
  await eventually(async () => {
    const sheet = await card.boundingBox();
    const pin = await page.locator('.maplibregl-marker').boundingBox();
    assert.equal(Math.round(sheet.width), 390);
    assert.ok(Math.abs(sheet.y + sheet.height - 844) < 1, 'the sheet stands on the edge');
    assert.ok(pin.y > 0 && pin.y + pin.height <= sheet.y, `pin ${pin.y}, sheet ${sheet.y}`);
  });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await shot(page, 'phone-card');
  seen.check();
  await context.close();
});

test('a server that goes away is said quietly, and taken up again when it is back', async () => {
  const { page, context } = await open({ hash: SEAT });
  await context.setOffline(true);
  await page.mouse.click(MIDDLE.x, MIDDLE.y);
  await page.getByText('连不上服务器').waitFor();
  await page.getByText('没有查到').waitFor();
  await shot(page, 'offline');
  await context.setOffline(false);
  await page.getByText('连不上服务器').waitFor({ state: 'detached', timeout: 15_000 });
  await page.locator('aside p.code').waitFor();
  await shows(page);
  await context.close();
});

test('tiles that do not come are said, and asked for again', async () => {
  const { page, context } = await empty({ viewport: WINDOW });
  await page.route('**/tiles/county/*/*/*.mvt*', (route) => route.fulfill({ status: 503 }));
  await page.goto(url());
  await page.getByText('有些图块没有取到').waitFor();
  await page.unroute('**/tiles/county/*/*/*.mvt*');
  await page.getByRole('button', { name: '重试' }).click();
  await page.waitForFunction(() => !document.body.innerText.includes('有些图块没有取到'));
  await drawn(page);
  await shows(page);
  await context.close();
});

test('a browser without WebGL is told what to do', async () => {
  const { page, context } = await empty();
  await page.addInitScript(() => (HTMLCanvasElement.prototype.getContext = () => null));
  await page.goto(url());
  await page.getByRole('alert').getByText('WebGL 2').waitFor();
  await context.close();
});

test('the page holds under a strict content security policy', async () => {
  const { page, context } = await empty();
  const seen = watch(page, url());
  const policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'";
  await page.route(`${url()}/`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } });
  });
  await page.goto(`${url()}/`);
  await drawn(page);
  await shows(page);
  seen.check();
  await context.close();
});

test('on a phone all of the county is free of bar, tools and legend, in both languages', async () => {
  for (const hash of ['', '#lang=en&measure=households']) {
    const { page, context, seen } = await open({ hash, ...PHONE });
    if (hash) await page.getByText('by town · quantiles').waitFor();
    await page.getByRole('region', { name: /图例|Legend/ }).locator('select').waitFor();
    const { bounds: [west, south, east, north] } = await ask('/api/summary');
    const box = (part) => part.boundingBox();
    await eventually(async () => {
      const [bar, tools, legend] = await Promise.all([box(page.getByRole('search')), box(page.locator('.tools')), box(page.locator('.legend'))]);
      const [zoom, lat, lon] = new URL(page.url()).hash.match(/map=([\d.]+)\/([\d.]+)\/([\d.]+)/).slice(1).map(Number);
      const mercator = (degrees) => Math.log(Math.tan(Math.PI / 4 + (degrees * Math.PI) / 360));
      const world = 512 * 2 ** zoom;
      const x = (degrees) => 195 + ((degrees - lon) / 360) * world;
      const y = (degrees) => 422 - ((mercator(degrees) - mercator(lat)) / (2 * Math.PI)) * world;
      const said = JSON.stringify({ hash, west: x(west), east: x(east), north: y(north), south: y(south), bar, tools, legend });
      assert.ok(x(west) >= 0 && x(east) <= tools.x && y(north) >= bar.y + bar.height && y(south) <= legend.y, said);
    });
    await shot(page, `phone-whole-${hash ? 'en' : 'zh'}`);
    seen.check();
    await context.close();
  }
});

test('a double click comes nearer and picks nothing', async () => {
  const { page, context, seen } = await open({ hash: SEAT });
  await page.mouse.dblclick(MIDDLE.x, MIDDLE.y);
  await page.waitForFunction(() => Number(location.hash.match(/map=([\d.]+)/)?.[1]) > 13.9);
  assert.ok(!page.url().includes('at='));
  assert.equal(await page.locator('aside').count(), 0);
  seen.check();
  await context.close();
});

test('the hint by the pointer keeps off the card, and what a click found is said', async () => {
  const { page, context, seen } = await open({ hash: `${SEAT}&at=120.221172,33.757983` });
  await page.locator('aside p.code').waitFor();
  const { chain } = await locate({ lon: 120.221172, lat: 33.757983 });
  await page.locator('.spoken[role=status]').getByText(chain[0].name).waitFor({ state: 'attached' });
  const card = await page.locator('aside').boundingBox();
  await page.mouse.move(card.x - 60, 300);
  const hint = page.locator('[role=tooltip]');
  await hint.waitFor();
  await eventually(async () => {
    const tip = await hint.boundingBox();
    assert.ok(tip.x + tip.width <= card.x, JSON.stringify([tip, card]));
  });
  seen.check();
  await context.close();
});
