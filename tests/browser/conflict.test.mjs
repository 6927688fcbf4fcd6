// What others published is in the way of a plan's edits: which, why, and what to do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shot } from './browser.mjs';
import { across, AT, by, DESK, edits, left, settled, VIEW } from './plans.mjs';
import { suite } from './suite.mjs';

const { url, ask, locate, open } = suite();
const api = by(url);

test('a plan that cannot be moved says which edits are in the way; without them it is moved', async () => {
  const grid = await ask(`/api/units/${(await locate({ lon: AT[1], lat: AT[0] })).leaf.code}`);
  const [other] = grid.neighbours;
  const { id } = await api.drawn('我的调整', [across(grid, 0.5), { op: 'rename', unit: other.code, name: '不相干的网格' }]);
  const version = await api.publish('别人的调整', [across(grid, 0.3, '别人的西片')]);
  const { page, context, seen } = await open({ ...DESK, hash: `#${VIEW}&plan=${id}` });
  await settled(page, seen);
  await left(page).getByText(`现在是版本 ${version}`).waitFor();
  await left(page).getByRole('button', { name: '移到当前版本' }).click();
  const said = left(page).getByRole('alert');
  await said.getByText('别人已发布的改动与下列编辑冲突').waitFor();
  await said.getByText(/第 1 步：/).waitFor();
  await said.getByText(`涉及 ${grid.name}`).waitFor();
  assert.equal(await said.locator('li').count(), 1);
  await said.getByText('再在新的边界上重画').waitFor();
  await shot(page, 'conflicts');
  await said.locator('li button').click(); // shows the place
  await said.getByRole('button', { name: '去掉这 1 步并移到当前版本' }).click();
  await said.waitFor({ state: 'detached' });
  await left(page).getByText(`基于版本 ${version}`).waitFor();
  assert.equal(await edits(page).count(), 1);
  const plan = await api.get(id);
  assert.deepEqual([plan.base_version, plan.edits.map(({ edit }) => edit.op)], [version, ['rename']]);
  seen.check(/409/);
  await context.close();
});

test('a publish that is refused for a conflict goes back to be judged, and says that it is to be sent back', async () => {
  const grid = await ask(`/api/units/${(await locate({ lon: AT[1] + 0.02, lat: AT[0] })).leaf.code}`);
  const { id, revision } = await api.drawn('核准了的', [across(grid, 0.5)]);
  await api.act(id, revision, 'submit');
  await api.act(id, revision + 1, 'approve');
  await api.publish('抢先的', [across(grid, 0.3, '抢先的西片')]);
  const { page, context, seen } = await open({ ...DESK, hash: `#${VIEW}&plan=${id}` });
  await settled(page, seen);
  await left(page).getByRole('button', { name: '发布', exact: true }).click();
  await left(page).locator('form').getByRole('button', { name: '发布' }).click();
  const said = left(page).getByRole('alert');
  await said.getByText('请退回，由起草人改过再送审').waitFor();
  await left(page).getByText('待审').waitFor();
  assert.equal((await api.get(id)).status, 'submitted');
  await shot(page, 'conflict-publish');
  seen.check(/409/);
  await context.close();
});
