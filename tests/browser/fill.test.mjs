// Every grid above a number is split on the server, one after the other: how far it is, what it made, what it could not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, shot } from './browser.mjs';
import { by, DESK, edits, left, settled, VIEW } from './plans.mjs';
import { suite } from './suite.mjs';

const { url, ask, open } = suite();
const api = by(url);

test('a filter fills a plan: each split is an edit to keep, drop or choose another way for; what could not be says why', async () => {
  // So many that a few grids are above it.
  const { values } = await ask('/api/measures/households?level=grid');
  const homes = Object.values(values).toSorted((a, b) => b - a);
  const above = homes[6];
  const many = homes.filter((value) => value > above).length;
  const { id } = await api.begin('户数过多的网格');
  const { page, context, seen } = await open({ ...DESK, hash: `#${VIEW}&plan=${id}` });
  await settled(page, seen);
  await page.keyboard.press('u');
  await left(page).getByRole('button', { name: '成批切分', exact: true }).click();
  await left(page).getByLabel('超过').fill(String(above));
  // How many they are is said before, of one village too.
  await left(page).getByText(`现有 ${many} 个网格超过此数`).waitFor();
  const { units } = await (await fetch(`${url()}/api/plans/${id}/suggest`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ filter: `households>${above}`, dry_run: true }) })).json();
  const village = units[0].unit.slice(0, 12);
  await left(page).getByLabel('范围').selectOption(village);
  await left(page).getByText(`现有 ${units.filter(({ unit }) => unit.startsWith(village)).length} 个网格超过`).waitFor();
  await shot(page, 'fill-count');
  await left(page).getByLabel('范围').selectOption('');
  await left(page).getByText(`现有 ${many} 个网格超过此数`).waitFor();
  await left(page).getByRole('button', { name: '逐格切分' }).press('Enter');
  await left(page).getByRole('progressbar').waitFor();
  await shot(page, 'fill-running');
  await left(page).getByText('已全部试过').waitFor({ timeout: 60_000 });
  const job = await ask(`/api/plans/${id}/suggest`);
  assert.deepEqual([job.state, job.tried, job.left], ['done', job.total, 0]);
  assert.ok(job.done.length > 1, JSON.stringify(job));
  await left(page).getByText(`切分了 ${job.done.length} 格`).waitFor();
  for (const { unit, detail } of job.none) assert.ok(detail, unit);
  const made = left(page).locator('section', { hasText: '切分了' }).locator('li');
  assert.equal(await made.count(), job.done.length);
  await eventually(async () => assert.ok((await made.allInnerTexts()).every((text) => !/\d{15}/.test(text)), 'by their names'));
  await shot(page, 'fill-done');

  // One goes again, another is done in another way.
  const before = (await api.get(id)).edits.length;
  await made.first().getByRole('button', { name: /去掉/ }).click();
  await eventually(async () => assert.equal((await api.get(id)).edits.length, before - job.done[0].edits.length));
  await eventually(async () => assert.equal(await made.first().getByRole('button', { name: /去掉/ }).count(), 0));
  await made.nth(1).getByRole('button', { name: /另选分法/ }).click();
  const ways = left(page).getByRole('button', { name: /^分法 \d/ });
  await ways.first().waitFor({ timeout: 60_000 });
  await ways.last().click();
  await shot(page, 'fill-change');
  await left(page).getByRole('button', { name: '采用这一种' }).click();
  await edits(page).first().waitFor();
  await eventually(async () => assert.equal((await api.get(id)).edits.length, before - job.done[0].edits.length));
  const { defects } = await ask(`/api/plans/${id}/review`);
  assert.deepEqual(defects, []);
  seen.check(/404/); // before it began there was none
  await context.close();
});

test('it can be stopped, and gives way to somebody else', async () => {
  const { id } = await api.begin('停得下来');
  const { page, context, seen } = await open({ ...DESK, hash: `#${VIEW}&plan=${id}` });
  await settled(page, seen);
  await page.keyboard.press('u');
  await left(page).getByRole('button', { name: '成批切分', exact: true }).click();
  await left(page).getByLabel('超过').fill('150');
  await left(page).getByRole('button', { name: '逐格切分' }).click();
  await left(page).getByRole('button', { name: '停止' }).click();
  await left(page).getByText('已停止').waitFor({ timeout: 60_000 });
  const stopped = await ask(`/api/plans/${id}/suggest`);
  assert.deepEqual([stopped.state, stopped.left > 0], ['stopped', true]);
  await left(page).getByRole('button', { name: '逐格切分' }).click();
  await left(page).getByText('正在切分').waitFor();
  const { leaf } = await ask('/api/locate?lon=120.26&lat=33.77');
  await eventually(async () => {
    const { revision } = await api.get(id);
    assert.equal((await api.edit(id, revision, { op: 'rename', unit: leaf.code, name: `别人改的${revision}` })).status, 201);
  });
  await left(page).getByText('别人改了方案').waitFor({ timeout: 60_000 });
  await shot(page, 'fill-gave-way');
  seen.check(/404|412/);
  await context.close();
});
