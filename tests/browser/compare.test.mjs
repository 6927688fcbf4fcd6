// Two versions beside each other: chosen in the list of versions, with a line between them that slides.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, shot } from './browser.mjs';
import { picture } from './pixels.mjs';
import { PHONE, suite } from './suite.mjs';

const { url, ask, locate, open } = suite();
const AT = [33.7695, 120.2612];
const VIEW = `map=15/${AT[0]}/${AT[1]}`;

const call = async (path, body, revision) => {
  const headers = { 'content-type': 'application/json', ...(revision && { 'if-match': `"${revision}"` }) };
  return (await fetch(`${url()}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
};

/** A version in which a grid is split. */
async function publish() {
  const { leaf } = await locate({ lon: AT[1], lat: AT[0] });
  const [west, south, east, north] = (await ask(`/api/units/${leaf.code}`)).bbox;
  const middle = (west + east) / 2;
  const { id } = await call('/api/plans', { title: '切分一格', note: '' });
  await call(`/api/plans/${id}/edits`, { op: 'split', unit: leaf.code, line: [[middle, north + 0.001], [middle, south - 0.001]], new: [{ name: '西片网格' }], tolerance: 5 }, 1);
  await call(`/api/plans/${id}/submit`, {}, 2);
  await call(`/api/plans/${id}/approve`, {}, 3);
  return (await call(`/api/plans/${id}/publish`, { note: '切分一格' }, 4)).version;
}

test('what changed between two versions is hatched, and a slider moves the line between them', async () => {
  const version = await publish();
  const { page, context, seen } = await open({ viewport: { width: 1366, height: 768 }, hash: `#${VIEW}` });
  await page.locator('footer button', { hasText: `版本 ${version}` }).click();
  await page.getByRole('button', { name: '对比版本 1' }).click();
  const panel = page.getByRole('region', { name: `版本 1 与版本 ${version}` });
  await panel.getByText('1 处变动').waitFor();
  const line = page.locator('.line');
  const slider = panel.getByRole('slider');
  await slider.focus();
  for (let i = 0; i < 10; i += 1) await page.keyboard.press('ArrowRight');
  assert.equal(await line.evaluate((one) => one.style.left), '60%');
  // The line itself can be taken hold of; the map below stays where it is.
  const view = new URL(page.url()).hash;
  await page.mouse.move(1366 * 0.6, 200);
  await page.mouse.down();
  await page.mouse.move(1366 * 0.3, 260, { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(1366 * 0.5, 300);
  assert.equal(await line.evaluate((one) => Math.round(parseFloat(one.style.left))), 30);
  assert.equal(await slider.inputValue(), '30');
  await page.waitForTimeout(600); // the address follows the map after a while
  assert.equal(new URL(page.url()).hash, view);
  await eventually(() => assert.ok(seen.urls.some(({ pathname, searchParams }) => pathname.startsWith('/tiles/county/') && searchParams.get('v') === '1'), 'tiles of the older'));
  await page.waitForTimeout(1500);
  await shot(page, 'compare');
  assert.match(page.url(), /compare=1/);
  await page.keyboard.press('Escape');
  await page.locator('main').press('Escape');
  await panel.waitFor({ state: 'detached' });
  seen.check();
  await context.close();
});

test('a link shows the comparison, on a phone too', async () => {
  const { page, context, seen } = await open({ ...PHONE, hash: `#${VIEW}&compare=1` });
  await page.getByRole('slider').waitFor();
  await page.getByText('1 处变动').waitFor();
  await page.waitForTimeout(1500);
  await shot(page, 'compare-phone');
  seen.check();
  await context.close();
});

test('at night what changed is drawn for the night, on both sides, though the map was there before', async () => {
  const { page, context, seen } = await open({ viewport: { width: 1366, height: 768 }, hash: `#${VIEW}&style=night` });
  await page.waitForTimeout(1500);
  await page.evaluate(() => {
    location.hash += '&compare=1';
  });
  await page.getByText('1 处变动').waitFor();
  const slider = page.getByRole('slider');
  // Of the piece's edge: the accent by day, and by night.
  const inks = [[31, 79, 174], [111, 176, 255]];
  const inked = async () => {
    const { data } = await picture(page, { x: 500, y: 250, width: 170, height: 300 });
    const near = (i, ink) => ink.every((value, channel) => Math.abs(data[i + channel] - value) < 12);
    return inks.map((ink) => Array.from({ length: data.length / 4 }, (_, i) => i * 4).filter((i) => near(i, ink)).length);
  };
  for (const share of ['20', '80']) {
    await slider.fill(share);
    await eventually(async () => {
      const [day, night] = await inked();
      assert.ok(night > 300 && day < 30, `${share} %: ${day} by day, ${night} by night`);
    });
    await shot(page, `compare-night-${share}`);
  }
  seen.check();
  await context.close();
});
