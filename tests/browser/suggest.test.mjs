// Ways that the server suggests: looked at on the map one after the other, and one of them taken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, shot } from './browser.mjs';
import { AT, by, DESK, edits, left, pick, settled, VIEW } from './plans.mjs';
import { PHONE, suite } from './suite.mjs';

const { url, ask, locate, open } = suite();
const api = by(url);
const here = async () => (await locate({ lon: AT[1], lat: AT[0] })).leaf;
/** Which ways are listed. */
const ways = (page) => left(page).getByRole('button', { name: /^分法 \d/ });

async function visit(title, options = DESK) {
  const { id } = await api.begin(title);
  const opened = await open({ ...options, hash: `#${VIEW}&plan=${id}` });
  await settled(opened.page, opened.seen);
  return { id, ...opened };
}

test('a grid is split in three in one of the suggested ways, each looked at first; its pieces have names', async () => {
  const grid = await here();
  const { id, page, context, seen } = await visit('切分');
  await page.keyboard.press('u');
  await left(page).getByText('点图上要切分的网格').waitFor();
  await shot(page, 'suggest-pick');
  await pick(page, [0, 0], left(page).getByText(grid.name));
  await left(page).getByLabel('分成几格').fill('3');
  await page.keyboard.press('Enter');
  await ways(page).first().waitFor();
  assert.ok((await ways(page).count()) <= 3);
  const rows = () => left(page).locator('li table tr').allInnerTexts();
  const first = await rows();
  assert.equal(first.length, 3);
  await shot(page, 'suggest-ways');
  await ways(page).nth(1).press('Enter');
  assert.notDeepEqual(await rows(), first);
  const homes = (await rows()).map((row) => Number(/(\d+) 户/.exec(row)[1]));
  await left(page).getByRole('button', { name: '采用这一种' }).click();
  await edits(page).first().waitFor();
  await left(page).getByText('没有缺陷').waitFor();
  await eventually(async () => {
    const { units } = await ask(`/api/plans/${id}/review`);
    const leaves = units.filter(({ level, after }) => level === 'grid' && after);
    const made = leaves.filter(({ before, after }) => !before || before.households !== after.households).map(({ after }) => after.households);
    assert.deepEqual(made.toSorted(), homes.toSorted());
  });
  await page.keyboard.press('Control+z');
  await eventually(async () => assert.ok((await edits(page).count()) < (await api.get(id)).edits.length + 1));
  seen.check();
  await context.close();
});

test('the grids of a village are made fewer, with keys and the list alone', async () => {
  const grid = await here();
  const village = await ask(`/api/units/${grid.code.slice(0, 12)}`);
  const { id, page, context, seen } = await visit('并格');
  await page.keyboard.press('u');
  await left(page).getByRole('button', { name: '重组一村' }).press('Enter');
  const list = left(page).getByLabel('要重组的村');
  await eventually(async () => assert.ok((await list.locator('option').count()) > 5));
  await list.selectOption(village.code);
  await left(page).getByText(`现有 ${village.children.length} 个网格`).waitFor();
  await left(page).getByLabel('分成几格').fill(String(village.children.length - 1));
  await left(page).getByLabel('均衡').selectOption('area');
  await left(page).getByRole('button', { name: '找分法' }).press('Enter');
  await ways(page).first().waitFor({ timeout: 60_000 });
  await shot(page, 'suggest-village');
  await left(page).getByRole('button', { name: '采用这一种' }).press('Enter');
  await edits(page).getByText('并入').first().waitFor();
  const plan = await api.get(id);
  assert.deepEqual([...new Set(plan.edits.map(({ edit }) => edit.op))], ['merge']);
  seen.check();
  await context.close();
});

test('where there is no way, why is said; Esc goes back one thing at a time', async () => {
  const { page, context, seen } = await visit('没有分法');
  const grid = await here();
  await page.keyboard.press('u');
  await pick(page, [0, 0], left(page).getByText(grid.name));
  await page.route('**/suggest', (route) =>
    route.request().method() === 'POST' ? route.fulfill({ status: 422, contentType: 'application/problem+json', json: { title: 'Unprocessable Entity', status: 422, detail: `${grid.code}: all 150 households are at one place`, units: [grid.code] } }) : route.continue(),
  );
  await left(page).getByRole('button', { name: '找分法' }).click();
  await left(page).getByText('住户都在一处').waitFor();
  await shot(page, 'suggest-none');
  for (const gone of [left(page).getByText('住户都在一处'), left(page).getByText(grid.name), left(page).getByText('建议分法')]) {
    await page.locator('main').press('Escape');
    await gone.waitFor({ state: 'detached' });
  }
  seen.check(/422/);
  await context.close();
});

test('a finger takes a suggestion on a phone', async () => {
  const grid = await here();
  const { id, page, context, seen } = await visit('手机上的建议', PHONE);
  await left(page).getByRole('button', { name: '建议' }).tap();
  await eventually(async () => {
    await page.touchscreen.tap(195, 300);
    await left(page).getByText('换一个').waitFor({ timeout: 700 });
  });
  await left(page).getByRole('button', { name: '找分法' }).tap();
  await ways(page).first().waitFor();
  await shot(page, 'suggest-phone');
  await left(page).getByRole('button', { name: '采用这一种' }).tap();
  await eventually(async () => assert.equal((await api.get(id)).edits.length, 1), Date.now() + 10_000);
  assert.ok(grid.code);
  seen.check();
  await context.close();
});
