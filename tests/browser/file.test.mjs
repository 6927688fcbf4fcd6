// A file of redrawn grids becomes edits of a plan; where it is no partition, the place is shown.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { eventually, shot } from './browser.mjs';
import { AT, by, DESK, edits, left, settled, VIEW } from './plans.mjs';
import { suite } from './suite.mjs';

const { url, ask, locate, open } = suite();
const api = by(url);

/** The grids of a village as a town office would send them: two merged into one, and one called otherwise. */
async function edited({ code }) {
  const { children } = await ask(`/api/units/${code}`);
  const features = await Promise.all(
    children.map(async ({ code }) => {
      const { geometry, properties } = await ask(`/api/units/${code}/geometry`);
      return { type: 'Feature', geometry, properties: { code, name: properties.name } };
    }),
  );
  return { type: 'FeatureCollection', features };
}
const village = async () => ask(`/api/units/${(await locate({ lon: AT[1], lat: AT[0] })).leaf.code.slice(0, 12)}`);
const file = (json, name = '镇里改过的.geojson') => ({ name, mimeType: 'application/geo+json', buffer: Buffer.from(JSON.stringify(json)) });

async function visit(title) {
  const { id } = await api.begin(title);
  const opened = await open({ ...DESK, hash: `#${VIEW}&plan=${id}` });
  await settled(opened.page, opened.seen);
  return { id, ...opened };
}

test('what a file says otherwise becomes edits; the whole of a village can be said to be in it', async () => {
  const of = await village();
  const { id, page, context, seen } = await visit('从文件');
  await page.keyboard.press('f');
  const list = left(page).getByLabel('文件含全部网格的单元');
  await eventually(async () => assert.ok((await list.locator('option').count()) > 5));
  await list.selectOption(of.code);
  // What there is can be taken away, and comes back with another name in it.
  const [taken] = await Promise.all([page.waitForEvent('download'), left(page).getByRole('link', { name: 'GeoJSON' }).click()]);
  assert.equal(taken.suggestedFilename(), `wangge-v1-${of.code}.geojson`);
  const whole = JSON.parse(await readFile(await taken.path(), 'utf8'));
  assert.deepEqual(whole.features.map(({ properties }) => properties.code).sort(), of.children.map(({ code }) => code).sort());
  whole.features[0].properties.name = '镇里改的名';
  await left(page).getByLabel('选文件').setInputFiles(file(whole));
  await left(page).getByText('镇里改过的.geojson').waitFor();
  await left(page).getByLabel('容差').fill('0.2');
  await shot(page, 'file-chosen');
  await left(page).getByRole('button', { name: '加入方案' }).click();
  await left(page).getByText(/加入 1 条编辑/).waitFor();
  await shot(page, 'file-done');
  await page.locator('main').press('Escape');
  await edits(page).getByText('镇里改的名').waitFor();
  const asked = seen.urls.find(({ pathname }) => pathname.endsWith('/from-file'));
  assert.deepEqual([asked.searchParams.get('under'), asked.searchParams.get('tolerance'), asked.searchParams.get('crs')], [of.code, '0.2', 'wgs84']);
  assert.equal((await api.get(id)).edits.length, 1);
  seen.check();
  await context.close();
});

test('a file that is no partition is refused with the place, and a dropped one of another kind with what is wanted', async () => {
  const of = await village();
  const whole = await edited(of);
  // One of them is shifted: it overlaps its neighbours and leaves a gap.
  const shifted = structuredClone(whole.features[3]);
  const move = (place) => (Array.isArray(place[0]) ? place.map(move) : [place[0] + 0.0005, place[1]]);
  shifted.geometry.coordinates = move(shifted.geometry.coordinates);
  whole.features[3] = shifted;
  const { id, page, context, seen } = await visit('不成覆盖的文件');
  const drop = (name, text) =>
    page.evaluate(
      ([name, text]) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([text], name));
        dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true, bubbles: true }));
      },
      [name, text],
    );
  await drop('说明.docx', 'x');
  await left(page).getByText('请选 .geojson').waitFor();
  await drop('平移了.geojson', JSON.stringify(whole));
  await left(page).getByText('平移了.geojson').waitFor();
  await left(page).getByRole('button', { name: '加入方案' }).click();
  await left(page).getByText('没有加入').waitFor();
  await left(page).getByText(/重叠|缺口|以外/).first().waitFor();
  const before = page.url();
  await left(page).getByRole('button', { name: '看位置' }).click();
  await eventually(() => assert.notEqual(page.url(), before));
  await page.waitForTimeout(800);
  await shot(page, 'file-refused');
  assert.equal((await api.get(id)).edits.length, 0);
  seen.check(/422/);
  await context.close();
});
