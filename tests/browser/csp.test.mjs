// Every main view under the server's own content security policy, without a breach of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, eventually, watch, WINDOW } from './browser.mjs';
import { ACCOUNTS, openTab, signIn } from './people.mjs';
import { click, edits, hint, left, pick, VIEW } from './plans.mjs';
import { suite } from './suite.mjs';

const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'font-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
};

const { url, empty } = suite({ accounts: [...ACCOUNTS, { name: 'guihua', called: '', role: 'planner' }], versions: 2 });

/** Workers break it in silence for the page, but not for the console. */
const note = () => {
  globalThis.breaches = [];
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample, sourceFile }) => globalThis.breaches.push([violatedDirective, blockedURI, sample, sourceFile].join(' ')));
};

async function watched() {
  const { page, context } = await empty({ viewport: WINDOW, reducedMotion: 'reduce', acceptDownloads: true });
  await page.addInitScript(note);
  const seen = watch(page, url());
  return {
    page,
    context,
    seen,
    whole: async () => {
      assert.deepEqual(await page.evaluate(() => globalThis.breaches), []);
      seen.check();
    },
  };
}

test('each page says the policy, and data more strictly', async () => {
  for (const path of ['/', '/sign-in', '/account', '/api/docs']) {
    const said = (await fetch(`${url()}${path}`)).headers.get('content-security-policy') ?? '';
    assert.deepEqual(Object.fromEntries(said.split(';').map((part) => part.trim().split(/ (.*)/s).slice(0, 2))), POLICY, path);
  }
  assert.match((await fetch(`${url()}/api/summary`)).headers.get('content-security-policy'), /^default-src 'none'/);
});

test('what the policy forbids is blocked, and seen by this watch', async () => {
  const { page, context } = await watched();
  await page.goto(`${url()}/sign-in`);
  await page.getByLabel('用户名').waitFor();
  const ran = await page.evaluate(() => {
    const script = Object.assign(document.createElement('script'), { textContent: 'globalThis.ran = true' });
    document.body.append(script);
    document.body.insertAdjacentHTML('beforeend', '<p style="color: red"></p><img src="x" onerror="globalThis.ran = true">');
    return globalThis.ran ?? false;
  });
  assert.equal(ran, false);
  await eventually(async () => {
    const breaches = (await page.evaluate(() => globalThis.breaches)).map((one) => one.split(' ')[0]);
    assert.deepEqual([...new Set(breaches)].sort(), ['script-src-attr', 'script-src-elem', 'style-src-attr']);
  });
  await context.close();
});

test('the map: search, cards, measures, table, list, places, versions, keys, day and night, language, picture, paper', async () => {
  const { page, context, seen, whole } = await watched();
  await signIn(page, url(), 'diaodu', '/#map=14.4/33.757983/120.221172&measure=households');
  await drawn(page);
  await page.getByText(/分位数分级/).waitFor();
  assert.ok(seen.urls.some(({ pathname }) => pathname.endsWith('.mvt')), 'the worker fetches tiles');
  await page.mouse.move(500, 320);
  await page.locator('[role=tooltip]').waitFor();
  await page.mouse.click(500, 320);
  await page.locator('aside p.code').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.insertText('合德');
  await page.locator('[role=option]').first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('aside.right p.code').waitFor();
  await page.keyboard.press('t');
  await page.locator('tbody th button').first().waitFor();
  await page.keyboard.press('t');
  await page.getByRole('button', { name: '清单定位' }).click();
  await page.locator('aside textarea').fill('名称,经度,纬度\n井盖,120.2512,33.7701\n坏的,abc,33.77');
  await page.locator('aside .main').click();
  await page.locator('aside .rows li').first().waitFor();
  await page.keyboard.press('?');
  await page.getByRole('region', { name: '按键' }).waitFor();
  await page.keyboard.press('?');
  await page.locator('details.places summary').click();
  await page.locator('footer button', { hasText: '版本' }).click();
  await page.getByRole('region', { name: '历史版本' }).getByRole('button', { name: /版本 1/ }).first().waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await page.keyboard.press('l');
  await page.getByText('by town · quantiles').or(page.getByText(/quantiles/)).first().waitFor();
  const picture = page.waitForEvent('download');
  await page.keyboard.press('p');
  assert.match((await picture).suggestedFilename(), /\.png$/);
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.locator('canvas.printed').waitFor({ state: 'attached' });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await page.emulateMedia({ media: 'screen' });
  await whole();
  await context.close();
});

test('plans: drawn, suggested, from a file, reviewed; versions compared; units selected', async () => {
  const { page, context, whole } = await watched();
  await signIn(page, url(), 'guihua', `/#${VIEW}&plan=`);
  await drawn(page);
  await left(page).getByRole('button', { name: '新建方案' }).click();
  await page.keyboard.type('守规矩的方案');
  await page.keyboard.press('Enter');
  await left(page).getByText('还没有编辑').waitFor();
  await page.keyboard.press('e');
  await pick(page, [0, 0], hint(page).getByLabel('新名称'));
  await hint(page).getByLabel('新名称').fill('示范网格');
  await page.keyboard.press('Enter');
  await edits(page).first().waitFor();
  await left(page).getByRole('button', { name: '对比' }).click();
  await page.locator('aside.right').getByText(/示范网格/).first().waitFor();
  await page.locator('main').press('Escape');
  await page.keyboard.press('u');
  await pick(page, [0, 0], left(page).getByText('换一个'));
  await left(page).getByRole('button', { name: '找分法' }).click();
  await left(page).getByRole('button', { name: /^分法 1/ }).waitFor();
  await page.keyboard.press('f');
  await left(page).getByLabel('选文件').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await left(page).getByText('点范围的第一处').waitFor();
  for (const at of [[-100, -100], [150, -80], [60, 120]]) await click(page, at);
  await page.keyboard.press('Enter');
  await left(page).locator('li').first().waitFor();
  const csv = page.waitForEvent('download');
  await left(page).getByRole('button', { name: '导出 CSV' }).click();
  assert.match((await csv).suggestedFilename(), /\.csv$/);
  await page.evaluate(() => (location.hash += '&compare=1'));
  await page.getByRole('slider').waitFor();
  await page.getByText('两个版本的界线和隶属都相同').waitFor();
  await whole();
  await context.close();
});

test('the account: each part, a form with its list, a question, a key', async () => {
  const { page, context, whole } = await watched();
  await signIn(page, url(), 'admin');
  await page.getByRole('heading', { name: '登录着的地方' }).waitFor();
  await page.getByRole('button', { name: '全部退出' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click();
  await openTab(page, url(), 'keys');
  await page.getByRole('button', { name: '新建' }).click();
  await page.getByLabel('名称').fill('一个');
  await page.getByRole('button', { name: '建密钥' }).click();
  await page.locator('.secret').waitFor();
  await openTab(page, url(), 'users');
  await page.getByRole('button', { name: '新建用户' }).click();
  await page.getByRole('combobox', { name: '范围' }).fill('hdz');
  await page.locator('li[role=option]').first().click();
  await page.locator('section li button').first().click();
  await page.locator('.facts').waitFor();
  await whole();
  await context.close();
});

test('the log, opened and checked', async () => {
  const { page, context, whole } = await watched();
  await signIn(page, url(), 'shenji', '/account#tab=log');
  await page.locator('tbody button').first().click();
  await page.locator('tr.more').waitFor();
  await page.getByRole('button', { name: '核对整条记录' }).click();
  await page.getByText(/完整：/).waitFor();
  await whole();
  await context.close();
});
