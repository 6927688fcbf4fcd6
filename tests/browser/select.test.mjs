// Units by a drawn area, line or circle: by mouse, by keys, by finger.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { eventually, shot } from './browser.mjs';
import { AT, click, DESK, left, VIEW } from './plans.mjs';
import { PHONE, suite } from './suite.mjs';

const { url, open } = suite();
const rows = (page) => left(page).locator('li');

/** What was sent to be selected by, and what came. */
function told(page) {
  const all = [];
  page.on('response', async (response) => {
    if (!response.url().includes('/api/select')) return;
    all.push({ sent: response.request().postDataJSON(), level: new URL(response.url()).searchParams.get('level'), ...(await response.json()) });
  });
  return all;
}

test('an area is drawn with the mouse: its units are listed with shares, and saved as CSV', async () => {
  const { page, context, seen } = await open({ ...DESK, acceptDownloads: true, hash: `#${VIEW}` });
  const answers = told(page);
  await page.getByRole('button', { name: /圈选/ }).click();
  await left(page).getByText('点范围的第一处').waitFor();
  for (const at of [[-100, -150], [200, -120], [150, 100]]) await click(page, at);
  await shot(page, 'select-area-drawn');
  await page.keyboard.press('Enter');
  await rows(page).first().waitFor();
  await eventually(() => assert.equal(answers.length, 1));
  const [{ sent, units }] = answers;
  assert.deepEqual([sent.type, sent.coordinates[0].length], ['Polygon', 4]);
  assert.equal(await rows(page).count(), units.length);
  const homes = units.reduce((sum, { households }) => sum + households, 0);
  await left(page).getByText(`${homes} 户`).first().waitFor();
  await rows(page).nth(1).hover();
  await shot(page, 'select-area');
  const download = page.waitForEvent('download');
  await left(page).getByRole('button', { name: '导出 CSV' }).click();
  const csv = readFileSync(await (await download).path(), 'utf8').replace('\uFEFF', '').trim().split('\r\n');
  assert.equal(csv.length, units.length + 1);
  assert.match(csv[0], /^编码,名称,/);
  for (const { code, share } of units) assert.ok(csv.some((line) => line.startsWith(code) && line.includes(String(Number(share.toFixed(6))))), code);

  // Another level is asked of the same drawing; a row opens its unit, and Esc leads back.
  await left(page).getByLabel('按哪一级').selectOption('village');
  await eventually(() => assert.equal(answers.at(-1).level, 'village'));
  await eventually(async () => assert.equal(await rows(page).count(), answers.at(-1).units.length));
  await rows(page).first().getByRole('button').click();
  await page.locator('aside.right p.code').waitFor();
  for (const gone of [page.locator('aside.right'), rows(page).first(), left(page)]) {
    await page.locator('main').press('Escape');
    await gone.waitFor({ state: 'detached' });
  }
  seen.check();
  await context.close();
});

test('a line and a circle are drawn with keys alone, the circle by its radius', async () => {
  const { page, context, seen } = await open({ ...DESK, hash: `#${VIEW}` });
  const answers = told(page);
  await page.keyboard.press('s');
  await left(page).getByRole('button', { name: '线' }).press('Enter');
  await page.keyboard.press(' ');
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press(' ');
  await shot(page, 'select-line-drawn');
  await page.keyboard.press('Enter');
  await rows(page).first().waitFor();
  await eventually(() => assert.equal(answers[0]?.sent.type, 'LineString'));
  await rows(page).first().getByText(/米$/).waitFor();

  await left(page).getByRole('button', { name: '圆' }).press('Enter');
  await page.keyboard.press(' ');
  await left(page).getByLabel('半径').fill('600');
  await page.keyboard.press('Enter');
  await eventually(() => assert.equal(answers.length, 2));
  await rows(page).first().waitFor();
  const { sent } = answers[1];
  assert.equal(sent.type, 'Circle');
  assert.ok(Math.abs(sent.radius_m - 600) < 2, `${sent.radius_m}`);
  await shot(page, 'select-circle');
  seen.check();
  await context.close();
});

test('a finger selects on a phone, and plans take its place', async () => {
  const { page, context, seen } = await open({ ...PHONE, hash: `#map=14/${AT[0]}/${AT[1]}` });
  await page.getByRole('button', { name: /圈选/ }).tap();
  await left(page).getByText('点范围的第一处').waitFor();
  for (const [x, y] of [[120, 200], [260, 220], [200, 380]]) {
    await page.touchscreen.tap(x, y);
    await page.waitForTimeout(400);
  }
  await left(page).getByRole('button', { name: '完成' }).tap();
  await rows(page).first().waitFor();
  await shot(page, 'select-phone');
  await page.getByRole('button', { name: '调', exact: true }).tap();
  await left(page).getByRole('heading', { name: '调整方案' }).waitFor();
  assert.equal(await left(page).getByText('圈选').count(), 0);
  assert.ok(url());
  seen.check();
  await context.close();
});
