// An older version is brought back: a button in the list of versions makes the plan that does it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shot } from './browser.mjs';
import { across, AT, by, DESK, edits, left, planOf, VIEW } from './plans.mjs';
import { suite } from './suite.mjs';

const { url, ask, locate, open } = suite();
const api = by(url);

test('the plan that restores a version is opened, goes its way, and the version is there again', async () => {
  const { leaf } = await locate({ lon: AT[1], lat: AT[0] });
  const version = await api.publish('切分一格', [across(await ask(`/api/units/${leaf.code}`), 0.5)]);
  const { page, context, seen } = await open({ ...DESK, hash: `#${VIEW}` });
  await page.locator('footer button', { hasText: `版本 ${version}` }).click();
  const list = page.getByRole('region', { name: '历史版本' });
  await list.getByRole('button', { name: /^恢复版本/ }).waitFor(); // one alone: the current one is there already
  await shot(page, 'versions-restore');
  await list.getByRole('button', { name: '恢复版本 1' }).press('Enter');
  await left(page).getByRole('heading', { name: '恢复版本 1' }).waitFor();
  await edits(page).first().waitFor();
  await left(page).getByText('没有缺陷').waitFor();
  await shot(page, 'restore-plan');
  const id = planOf(page);
  for (const step of ['送审', '核准', '发布']) await left(page).getByRole('button', { name: step, exact: true }).click();
  await left(page).locator('form').getByRole('button', { name: '发布' }).click();
  await left(page).getByText(`已发布为版本 ${version + 1}`).waitFor();
  const hash = async (n) => (await ask(`/api/versions/${n}`)).content_hash;
  assert.equal(await hash(version + 1), await hash(1));
  assert.equal((await api.get(id)).published_version, version + 1);
  seen.check();
  await context.close();
});
