// The card of a unit of any level, in a real browser over the real binary.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { PNG } from 'pngjs';
import { drawn, eventually, shot, WINDOW } from './browser.mjs';
import { at, picture } from './pixels.mjs';
import { card, codeOn, suite } from './suite.mjs';

const { open, ask, empty, url } = suite();

test('a town: code, area, households, villages; a village opens, and Back closes it', async () => {
  const { page, context, seen } = await open({ hash: '#unit=320924100' });
  await card(page).locator('h2').waitFor();
  const town = await ask('/api/units/320924100');
  const { values } = await ask('/api/measures/households?level=town');
  await eventually(async () => {
    const text = await card(page).innerText();
    assert.ok(text.includes(town.name) && text.includes('射阳县'), text);
    assert.ok(text.includes(`${(town.area_m2 / 1e6).toLocaleString('zh-CN', { maximumFractionDigits: 1 })} 平方公里`), text);
    assert.ok(text.includes(values[town.uid].toLocaleString('zh-CN')), text);
    assert.match(text, new RegExp(`村\\s+${town.children.length}`));
  });
  assert.equal(await codeOn(page), town.code);
  await shot(page, 'town');

  const child = town.children[2];
  await card(page).getByRole('button', { name: child.name }).click();
  await card(page).locator('h2').getByText(child.name).waitFor();
  assert.match(page.url(), new RegExp(`unit=${child.code}`));
  await page.goBack();
  await card(page).locator('h2').getByText(town.name).waitFor();
  seen.check();
  await context.close();
});

test('a unit is marked on the map, at its own level; its children light up under the pointer', async () => {
  const { page, context, seen } = await open({ hash: '#map=10/33.757983/120.221172' });
  const spot = { x: WINDOW.width / 2 - 60, y: WINDOW.height / 2, width: 8, height: 8 };
  const plain = at(await picture(page, spot), 4, 4);
  await page.evaluate(() => (location.hash += '&unit=320924100'));
  await card(page).locator('h2').waitFor();
  await eventually(async () => assert.notDeepEqual(at(await picture(page, spot), 4, 4), plain, 'the town looks as before'));

  // With the panels: to hide them would take the pointer off the list.
  const look = async () => PNG.sync.read(await page.screenshot({ clip: { x: 300, y: 80, width: 320, height: 480 } }));
  const child = card(page).locator('li button').first();
  await child.waitFor();
  const before = await look();
  await child.hover();
  await eventually(async () => {
    const after = await look();
    let changed = 0;
    for (let i = 0; i < after.data.length; i += 4) if (Math.abs(after.data[i] - before.data[i]) > 8) changed++;
    assert.ok(changed > 50, `the village does not light up: ${changed} px`);
  });
  seen.check();
  await context.close();
});

test('a chosen grid stays marked however far out the map is', async () => {
  const { label } = await ask('/api/units/320924100001001');
  const { page, context, seen } = await open({ hash: `#map=8.8/${label.lat}/${label.lon}` });
  const spot = { x: WINDOW.width / 2 - 20, y: WINDOW.height / 2 - 20, width: 40, height: 40 };
  const plain = await picture(page, spot);
  await page.evaluate(() => (location.hash += '&unit=320924100001001'));
  await card(page).locator('h2').waitFor();
  await eventually(async () => {
    const { data } = await picture(page, spot);
    const changed = data.filter((value, i) => Math.abs(value - plain.data[i]) > 24).length;
    assert.ok(changed > 20, `no mark: ${changed}`);
  });
  seen.check();
  await context.close();
});

test('a grid: neighbours, its kind, and its border as a file', async () => {
  const { page, context, seen } = await open({ hash: '#unit=320924100001001&lang=en' });
  await card(page).locator('h2').waitFor();
  const grid = await ask('/api/units/320924100001001');
  const text = await card(page).innerText();
  assert.match(text, /Base grid/);
  assert.match(text, new RegExp(`Neighbours\\s+${grid.neighbours.length}`));
  assert.ok(text.includes(`${Math.round(grid.area_m2).toLocaleString('en')} m²`), text);
  const [download] = await Promise.all([page.waitForEvent('download'), card(page).getByRole('link', { name: 'Get the border' }).click()]);
  const feature = JSON.parse(await readFile(await download.path(), 'utf8'));
  assert.equal(feature.properties.code, grid.code);
  assert.equal(download.suggestedFilename(), `${grid.code}.geojson`);
  await shot(page, 'grid');
  seen.check();
  await context.close();
});

test('its past is told: made in version 1', async () => {
  const { page, context, seen } = await open({ hash: '#unit=320924100' });
  const past = card(page).locator('details', { hasText: '沿革' });
  await past.locator('summary').click();
  assert.match(await past.innerText(), /版本 1\s*设立/);
  seen.check();
  await context.close();
});

test('a version in the address is asked for everywhere', async () => {
  const { page, context, seen } = await open({ hash: '#unit=320924100&at=120.221172,33.757983&v=1' });
  await card(page).locator('h2').waitFor();
  const asked = (path) => seen.urls.filter((url) => url.pathname.startsWith(path)).at(-1);
  for (const path of ['/api/units/320924100', '/api/locate']) {
    await eventually(() => assert.equal(asked(path)?.searchParams.get('v') ?? (path.includes('units') ? '1' : null), '1', path));
  }
  seen.check();
  await context.close();
});

test('an unknown code is said; a retired one leads to what it became', async () => {
  const { page, context } = await empty({ viewport: WINDOW, reducedMotion: 'reduce' });
  await page.route('**/api/units/320924100999', (route) =>
    route.fulfill({
      status: 410,
      contentType: 'application/problem+json',
      body: JSON.stringify({ title: 'Gone', status: 410, detail: 'retired', became: ['320924100001'], version: 3 }),
    }),
  );
  await page.goto(`${url()}/#unit=320924999999`);
  await drawn(page);
  await card(page).getByRole('heading', { name: '没有这个单元' }).waitFor();
  await page.goto(`${url()}/#unit=320924100999`);
  await card(page).getByRole('heading', { name: '编码已停用' }).waitFor();
  await card(page).getByText('自版本 3 起停用').waitFor();
  await shot(page, 'retired');
  await card(page).getByRole('button', { name: '320924100001' }).click();
  await card(page).locator('h2').getByText('交通路').waitFor();
  await context.close();
});
