// What is not always so: an older version, a newer one, a server that is away or refuses; and the address.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, eventually, shot, WINDOW } from './browser.mjs';
import { suite } from './suite.mjs';

const { open, ask, empty, url } = suite({ versions: 2 });
const tiles = (seen) => seen.urls.filter(({ pathname }) => pathname.startsWith('/tiles/county/'));

test('an older version is shown under a bar that says so, with its own tiles and numbers', async () => {
  const { page, context, seen } = await open();
  const opener = page.locator('footer button', { hasText: '版本 2' });
  await opener.click();
  const list = page.getByRole('region', { name: '历史版本' });
  await list.getByText('合德镇改设街道').waitFor();
  await shot(page, 'versions');
  await list.getByRole('button', { name: /^版本 1/ }).click();
  const bar = page.locator('.notices').getByText(/版本 1 · 生效 \d{4}年\d+月\d+日/);
  await bar.waitFor();
  assert.match(page.url(), /[#&]v=1(&|$)/);
  await eventually(async () => assert.ok(tiles(seen).some(({ searchParams }) => searchParams.get('v') === '1'), 'no tile of version 1'));
  await page.keyboard.press('t');
  await page.locator('tbody').getByText('合德镇', { exact: true }).waitFor();
  await shot(page, 'older');
  await page.keyboard.press('t');

  await page.getByRole('button', { name: '回到当前' }).click();
  await bar.waitFor({ state: 'detached' });
  await page.keyboard.press('t');
  await page.locator('tbody').getByText('合德街道').waitFor();
  seen.check();
  await context.close();
});

test('a link with a version opens it; Back and Forward go between choices', async () => {
  const { page, context, seen } = await open({ hash: '#v=1&unit=320924100' });
  await page.locator('aside h2').getByText('合德镇').waitFor();
  assert.ok(tiles(seen).every(({ searchParams }) => searchParams.get('v') === '1'));
  await page.getByRole('button', { name: '回到当前' }).click();
  await page.locator('aside h2').getByText('合德街道').waitFor();
  await page.goBack();
  await page.locator('aside h2').getByText('合德镇').waitFor();
  await page.goForward();
  await page.locator('aside h2').getByText('合德街道').waitFor();
  seen.check();
  await context.close();
});

test('a version that there is not is refused with the way back', async () => {
  const { page, context } = await empty();
  await page.goto(`${url()}/#v=99`);
  const said = page.getByRole('alert');
  await said.getByText('没有版本 99').waitFor();
  await said.getByText(/versions 1 to 2/).waitFor();
  await shot(page, 'refused');
  await said.getByRole('button', { name: '回到当前' }).click();
  await drawn(page);
  assert.equal(await said.count(), 0);
  await context.close();
});

test('a server that goes away is said by itself, and the map goes on when it is back', async () => {
  const { page, context } = await empty({ viewport: WINDOW });
  await page.clock.install();
  await page.goto(url());
  await drawn(page);
  await page.route('**/api/**', (route) => route.abort());
  await page.clock.runFor(31_000);
  await page.getByText(/连不上服务器，自 \d\d:\d\d 起/).waitFor();
  await shot(page, 'away');
  await page.unroute('**/api/**');
  await page.clock.runFor(5_000);
  await page.getByText('连不上服务器').waitFor({ state: 'detached' });
  await context.close();
});

test('before the first answer there is a ground and a word, and the page comes by itself', async () => {
  const { page, context } = await empty({ viewport: WINDOW });
  await page.route('**/api/summary', (route) => route.abort());
  await page.goto(url());
  await page.getByText(/每隔几秒再试/).waitFor();
  await page.getByRole('status', { name: '正在取图' }).waitFor();
  await shot(page, 'skeleton');
  await page.unroute('**/api/summary');
  await page.waitForSelector('main[data-drawn=true]', { timeout: 20_000 });
  await context.close();
});

test('a version that is published meanwhile is said, and its tiles are taken', async () => {
  const { page, context } = await empty({ viewport: WINDOW });
  await page.clock.install();
  const older = await ask('/api/summary?v=1');
  const unit = await ask('/api/units/320924100?v=1');
  const found = await ask('/api/search?q=hdz&limit=20&v=1');
  await page.route('**/api/summary', (route) => route.fulfill({ json: older }));
  await page.route('**/api/units/320924100', (route) => route.fulfill({ json: unit }));
  await page.route('**/api/search?*', (route) => route.fulfill({ json: found }));
  await page.goto(`${url()}/#unit=320924100`);
  await drawn(page);
  await page.locator('footer').getByText('版本 1').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.insertText('hdz');
  await page.clock.runFor(100);
  await page.locator('[role=option]').first().getByText('合德镇').waitFor();
  await page.locator('aside h2').getByText('合德镇').waitFor();
  for (const path of ['**/api/summary', '**/api/units/320924100', '**/api/search?*']) await page.unroute(path);
  await page.clock.runFor(31_000);
  await page.getByText('版本 2 已发布').waitFor();
  await page.locator('footer').getByText('版本 2').waitFor();
  // What is on the card, and what was found, are of the new version too.
  await page.locator('aside h2').getByText('合德街道').waitFor();
  await page.locator('[role=option]').getByText('合德街道').first().waitFor();
  await context.close();
});
