// The map's twin: the table of units.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { eventually, shot, watch } from './browser.mjs';
import { PHONE, suite } from './suite.mjs';

const house = suite();
const { ask, empty, url } = house;
const DESK = { width: 1366, height: 768 };
const open = (options) => house.open({ viewport: DESK, ...options });
const table = (page) => page.getByRole('region', { name: '单元表' }).first();
const rows = (page) => page.locator('tbody tr:not(.space)');
const cells = async (page, column) => (await rows(page).locator(`> :nth-child(${column})`).allInnerTexts()).map((text) => text.trim());

test('key T opens the towns with their numbers, and Back closes them', async () => {
  const { page, context, seen } = await open();
  await page.keyboard.press('t');
  await rows(page).first().waitFor();
  await page.locator('section:focus').waitFor();
  const { units } = await ask('/api/units?level=town');
  const { values } = await ask('/api/measures/households?level=town');
  assert.deepEqual(await cells(page, 1), units.map(({ code }) => code).sort());
  const first = units.find(({ code }) => code === '320924100');
  const shown = await rows(page).first().innerText();
  for (const said of [first.name, '射阳县', (first.area_m2 / 1e6).toFixed(2), values[first.uid].toLocaleString('zh-CN')]) assert.ok(shown.includes(said), `${said} is not in ${shown}`);
  await shot(page, 'table');
  await page.goBack();
  await table(page).waitFor({ state: 'detached' });
  seen.check();
  await context.close();
});

test('it sorts by each column, and says so', async () => {
  const { page, context, seen } = await open({ hash: '#table=town' });
  await rows(page).first().waitFor();
  const header = page.locator('thead th', { hasText: '户数' });
  await header.getByRole('button').click();
  assert.equal(await header.getAttribute('aria-sort'), 'descending');
  const numbers = (await cells(page, 5)).map((text) => Number(text.replaceAll(',', '')));
  assert.deepEqual(numbers, numbers.toSorted((a, b) => b - a));
  await header.getByRole('button').click();
  assert.equal(await header.getAttribute('aria-sort'), 'ascending');
  await page.locator('thead th', { hasText: '名称' }).getByRole('button').click();
  const names = await cells(page, 2);
  assert.deepEqual(names, names.toSorted(new Intl.Collator('zh-CN').compare));
  assert.equal(await page.locator('thead th[aria-sort=none]').count(), 6);
  seen.check();
  await context.close();
});

test('3,689 grids are all there, few of them in the document', async () => {
  const { page, context, seen } = await open({ hash: '#table=grid' });
  await rows(page).first().waitFor();
  assert.equal(await page.locator('table').getAttribute('aria-rowcount'), '3690');
  assert.ok((await rows(page).count()) < 80);
  await page.locator('.rows').evaluate((box) => box.scrollTo(0, box.scrollHeight));
  const { units } = await ask('/api/units?level=grid');
  const last = units.map(({ code }) => code).sort().at(-1);
  await eventually(async () => assert.equal((await cells(page, 1)).at(-1), last));
  seen.check();
  await context.close();
});

test('it finds by code and name, and within the chosen unit', async () => {
  const { page, context, seen } = await open({ hash: '#table=village&unit=320924101' });
  await rows(page).first().waitFor();
  const filter = page.getByLabel('筛选编码或名称');
  await filter.fill('320924100');
  await eventually(async () => assert.ok((await cells(page, 1)).every((code) => code.startsWith('320924100'))));
  await filter.fill('没有这样的村');
  await page.getByText('没有符合的单元').waitFor();
  await filter.fill('');
  await page.getByLabel(/^只看/).check();
  await eventually(async () => assert.ok((await cells(page, 1)).every((code) => code.startsWith('320924101'))));
  seen.check();
  await context.close();
});

test('a row chooses its unit; arrows go from row to row', async () => {
  const { page, context, seen } = await open({ hash: '#table=town' });
  await rows(page).nth(2).click();
  await page.waitForFunction(() => /unit=320924102/.test(location.hash));
  await page.locator('tbody tr.chosen').getByText('千秋镇').waitFor();
  await rows(page).first().getByRole('button').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /unit=320924101/.test(location.hash));
  seen.check();
  await context.close();
});

test('it goes into a spreadsheet: UTF-8 with its mark, the rows as shown', async () => {
  const { page, context, seen } = await open({ hash: '#table=town' });
  await page.locator('thead th', { hasText: '面积' }).getByRole('button').click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '导出 CSV' }).click()]);
  const text = readFileSync(await file.path(), 'utf8');
  assert.equal(text.charCodeAt(0), 0xfeff);
  const lines = text.slice(1).trim().split('\r\n');
  assert.equal(lines[0], '编码,名称,上级,面积（平方公里）,户数,户/平方公里,网格数');
  assert.equal(lines.length, 20);
  assert.deepEqual(lines.slice(1).map((line) => line.split(',')[0]), await cells(page, 1));
  assert.match(file.suggestedFilename(), /^射阳县-镇-v1\.csv$/);
  seen.check();
  await context.close();
});

test('without WebGL the page says what is missing; table, search and locating work', async () => {
  const { page, context } = await empty({ viewport: DESK });
  const seen = watch(page, url());
  await page.addInitScript(() => {
    const real = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
      return kind.startsWith('webgl') ? null : real.call(this, kind, ...rest);
    };
  });
  await page.goto(url());
  const said = page.getByRole('alert');
  await said.getByText('WebGL 2').waitFor();
  assert.equal(await page.getByRole('region', { name: '图例' }).count(), 0, 'there is nothing to colour');
  await page.keyboard.press('m');
  assert.ok(!page.url().includes('measure='));
  await shot(page, 'no-webgl');
  await said.getByRole('button', { name: '打开表格' }).click();
  await rows(page).first().waitFor();
  assert.equal(await rows(page).count(), 19);
  await rows(page).first().click();
  await page.locator('aside h2').getByText('合德镇').waitFor();
  assert.equal(await page.locator('aside').getByRole('button', { name: '全貌' }).count(), 0, 'there is no map to show it on');
  await page.evaluate(() => (location.hash = '#at=120.221172,33.757983'));
  await page.locator('aside p.code').waitFor();
  seen.check();
  await context.close();
});

test('on a phone it fills the page below the search', async () => {
  const { page, context, seen } = await open({ hash: '#table=village', ...PHONE });
  await rows(page).first().waitFor();
  const box = await table(page).boundingBox();
  assert.equal(Math.round(box.width), 390);
  assert.ok((await rows(page).first().boundingBox()).height >= 40);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await shot(page, 'phone-table');
  seen.check();
  await context.close();
});

for (const [where, options] of [['a phone', PHONE], ['a narrow window', { viewport: { width: 900, height: 700 } }]]) {
  test(`on ${where} the card comes over the table, and Esc leads back to the row`, async () => {
    const { page, context, seen } = await open({ hash: '#table=town', ...options });
    await rows(page).nth(2).click();
    const name = page.locator('aside.right h2');
    await name.getByText('千秋镇').waitFor();
    const onTop = () => name.evaluate((one) => one.contains(document.elementFromPoint(one.getBoundingClientRect().x + 4, one.getBoundingClientRect().y + 10)));
    assert.ok(await onTop(), 'the card lies under something');
    await shot(page, `over-table-${options.viewport.width}`);
    await page.keyboard.press('Escape');
    await name.waitFor({ state: 'detached' });
    assert.ok(await rows(page).nth(2).isVisible());
    await page.goto('about:blank');
    await page.goto(`${url()}/#table=town&at=120.221172,33.757983`);
    await page.locator('aside.right p.code').waitFor();
    await rows(page).first().waitFor();
    assert.ok(await onTop(), 'a link with both');
    seen.check();
    await context.close();
  });
}

test('in English its head is one line, and what is synthetic is still said below it', async () => {
  const { page, context, seen } = await open({ hash: '#table=town&lang=en' });
  await rows(page).first().waitFor();
  const csv = await page.getByRole('button', { name: 'Export CSV' }).boundingBox();
  const title = await page.getByRole('heading', { name: 'Units' }).boundingBox();
  assert.ok(Math.abs(csv.y + csv.height / 2 - title.y - title.height / 2) < 8, JSON.stringify([csv, title]));
  const [box, said] = [await page.getByRole('region', { name: 'Units' }).boundingBox(), await page.locator('footer .synthetic').boundingBox()];
  assert.ok(box.y + box.height <= said.y, JSON.stringify([box, said]));
  seen.check();
  await context.close();
});

test('on a phone the name stays while the numbers are scrolled to', async () => {
  const { page, context, seen } = await open({ hash: '#table=town', ...PHONE });
  await rows(page).first().waitFor();
  const box = page.locator('.rows.more');
  await box.waitFor();
  await box.evaluate((one) => one.scrollTo(one.scrollWidth, 0));
  await page.locator('.rows:not(.more)').waitFor();
  const name = await rows(page).first().locator('th').boundingBox();
  assert.ok(name.x >= 0 && name.x < 2, JSON.stringify(name));
  seen.check();
  await context.close();
});
