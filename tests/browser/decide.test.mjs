// A plan's groups are decided one by one by those in whose area they lie; papers are kept with it, and it can wait for its day.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { drawn, eventually, shot, watch } from './browser.mjs';
import { signIn } from './people.mjs';
import { DESK, edits, left, planOf, right, VIEW } from './plans.mjs';
import { suite } from './suite.mjs';

const HERE = '320924100';
const THERE = '320924101';
const ACCOUNTS = [
  { name: 'admin', called: '', role: 'administrator' },
  { name: 'huatu', called: '周画图', role: 'planner' },
  { name: 'jia', called: '甲镇长', role: 'approver', area: HERE },
  { name: 'yi', called: '乙镇长', role: 'approver', area: THERE },
  { name: 'zong', called: '总核准', role: 'approver' },
];
const { url, ask, empty } = suite({ accounts: ACCOUNTS });

async function visit(name, hash, options = {}) {
  const { page, context } = await empty({ ...DESK, ...options });
  await signIn(page, url(), name, `/${hash}`);
  const seen = watch(page, url());
  await page.reload();
  await drawn(page);
  return { page, context, seen };
}
/** Asks as who reads the page. */
const as = (page) => (method, path, body, revision) =>
  page.evaluate(
    async ([method, path, body, revision]) => {
      const headers = { 'content-type': 'application/json', ...(revision && { 'if-match': `"${revision}"` }) };
      const answer = await fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
      return answer.json();
    },
    [method, path, body, revision],
  );
const grids = async (town, n) => {
  const { units } = await ask(`/api/units?level=grid&parent=${town}001`);
  return units.slice(0, n);
};
/** Opens a plan in the page that is there. */
const show = (page, id) => page.evaluate((id) => (location.hash = location.hash.replace(/plan=?(?=&|$)/, `plan=${id}`)), id);
/** Whether all of it is in the part of its panel that is seen. */
const isSeen = (locator) =>
  locator.evaluate((box) => {
    const [own, panel] = [box, box.closest('.card')].map((one) => one.getBoundingClientRect());
    return own.top >= panel.top && own.bottom <= panel.bottom;
  });
const group = (page, n) => right(page).locator('li', { hasText: `第 ${n} 组` });

test('groups are approved and returned, each with its reason, by those in whose town they lie; what was returned is a plan of its own', async () => {
  const planner = await visit('huatu', `#${VIEW}&plan=`);
  const call = as(planner.page);
  const { id } = await call('POST', '/api/plans', { title: '两镇更名', note: '' });
  const [one, two] = await grids(HERE, 2);
  const [three] = await grids(THERE, 1);
  for (const [i, [{ code }, name]] of [[one, '甲一网格'], [two, '甲二网格'], [three, '乙一网格']].entries()) await call('POST', `/api/plans/${id}/edits`, { op: 'rename', unit: code, name }, i + 1);
  await show(planner.page, id);
  await left(planner.page).getByRole('button', { name: '送审' }).click();
  await left(planner.page).getByText('待审').waitFor();

  const first = await visit('jia', `#${VIEW}&plan=${id}`);
  assert.equal(await left(first.page).getByRole('button', { name: '核准', exact: true }).count(), 0, 'one group is not theirs');
  await left(first.page).getByRole('button', { name: '逐组审定' }).click();
  await right(first.page).getByText('互不相干的 3 组编辑').waitFor();
  await eventually(async () => assert.ok(await isSeen(right(first.page).getByText('互不相干的 3 组编辑'))));
  await group(first.page, 3).getByText('不在你的范围内').waitFor();
  await shot(first.page, 'groups');
  await group(first.page, 1).getByRole('button', { name: /核准/ }).click();
  await group(first.page, 1).getByText('已核准').waitFor();
  await group(first.page, 2).getByRole('button', { name: /退回/ }).press('Enter');
  await first.page.keyboard.type('与河道不符');
  assert.ok(await isSeen(group(first.page, 2).locator('form')));
  await shot(first.page, 'groups-return');
  await group(first.page, 2).locator('form').getByRole('button', { name: '退回' }).click();
  await group(first.page, 2).getByText('与河道不符').waitFor();

  const second = await visit('yi', `#${VIEW}&plan=${id}`);
  await left(second.page).getByRole('button', { name: '逐组审定' }).click();
  await group(second.page, 3).getByRole('button', { name: /核准/ }).click();
  await left(second.page).getByText('已核准').waitFor();

  // The planner's page hears of it, and leads to what was returned.
  await left(planner.page).getByText('退回的编辑成了另一个方案').waitFor();
  assert.equal(await edits(planner.page).count(), 2);
  await left(planner.page).getByRole('button', { name: '打开它' }).click();
  await edits(planner.page).getByText('甲二网格').waitFor();
  assert.notEqual(planOf(planner.page), id);
  assert.equal(await edits(planner.page).count(), 1);
  await shot(planner.page, 'groups-returned');
  for (const one of [planner, first, second]) {
    one.seen.check();
    await one.context.close();
  }
});

test('a document number, a day and papers are kept with a plan, which waits for its day', async () => {
  const planner = await visit('huatu', `#${VIEW}&plan=`, { acceptDownloads: true });
  const { page } = planner;
  const call = as(page);
  const { id } = await call('POST', '/api/plans', { title: '到期发布', note: '' });
  const [one] = await grids(THERE, 2);
  await call('POST', `/api/plans/${id}/edits`, { op: 'rename', unit: one.code, name: '明年的网格' }, 1);
  await show(page, id);
  await left(page).getByText('文号、生效日与附件').click();
  await left(page).getByLabel('文号').fill('射政发〔2026〕18号');
  await left(page).getByLabel('文号').press('Enter');
  await eventually(async () => assert.equal((await call('GET', `/api/plans/${id}`)).document, '射政发〔2026〕18号'));
  const day = `${new Date().getFullYear() + 1}-01-01`;
  await left(page).getByLabel('生效日').fill(day);
  await left(page).getByLabel('生效日').blur();
  await eventually(async () => assert.equal((await call('GET', `/api/plans/${id}`)).effective_from, day));
  await left(page).getByLabel('加附件').setInputFiles({ name: '批复 一.txt', mimeType: 'text/plain', buffer: Buffer.from('同意') });
  const paper = left(page).getByRole('link', { name: '批复 一.txt' });
  await paper.waitFor();
  const download = page.waitForEvent('download');
  await paper.click();
  assert.equal(readFileSync(await (await download).path(), 'utf8'), '同意');
  await left(page).locator('.card').evaluate((card) => (card.scrollTop = 0));
  assert.ok(await isSeen(left(page).getByRole('button', { name: '送审' })), 'however far the panel is scrolled');
  await left(page).getByRole('button', { name: '送审' }).click();
  await left(page).getByText('待审').waitFor();
  await shot(page, 'papers');

  const approver = await visit('zong', `#${VIEW}&plan=${id}`);
  await left(approver.page).getByRole('button', { name: '核准', exact: true }).click();
  await left(approver.page).getByRole('button', { name: '发布', exact: true }).click();
  await left(approver.page).getByRole('checkbox', { name: /自动发布/ }).waitFor();
  await shot(approver.page, 'schedule');
  await left(approver.page).getByRole('button', { name: '到期发布', exact: true }).click();
  await left(approver.page).getByText(/将于 .* 自动发布/).waitFor();
  await left(page).getByText('待生效').waitFor();
  await shot(approver.page, 'scheduled');
  await left(approver.page).getByRole('button', { name: '现在发布' }).click();
  await left(approver.page).locator('form').getByRole('button', { name: '发布' }).click();
  await left(approver.page).getByText(/已发布为版本/).waitFor();
  await approver.page.locator('footer button', { hasText: '版本' }).click();
  await approver.page.locator('footer section').getByText('射政发〔2026〕18号').waitFor();
  for (const one of [planner, approver]) {
    one.seen.check();
    await one.context.close();
  }
});
