// The map follows what its reader may see: measures, people, a map that is not for everybody, a session that ends.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { drawn, eventually, launch, shot, watch } from './browser.mjs';
import { ACCOUNTS, enter, signIn } from './people.mjs';
import { PHONE, suite } from './suite.mjs';
import { start } from './wangge.mjs';

const TOWN = '#unit=320924100';
const asked = (seen) => seen.urls.map(({ pathname }) => pathname);

describe('a map that is everybody\'s', () => {
  const { url, empty } = suite({ accounts: ACCOUNTS });

  async function visit(name, hash = TOWN, options = {}) {
    const { page, context } = await empty(options);
    if (name) await signIn(page, url(), name, `/${hash}`);
    const seen = watch(page, url());
    await page.goto(`${url()}/${hash}`);
    if (name) await page.reload(); // the address differs in its fragment only
    await drawn(page);
    return { page, context, seen };
  }

  test('nobody sees numbers or people, and neither is asked for', async () => {
    const { page, context, seen } = await visit(null, `${TOWN}&measure=households`);
    await page.locator('header').getByRole('link', { name: '登录' }).waitFor();
    await page.locator('aside').getByText('面积', { exact: true }).waitFor();
    assert.equal(await page.locator('.legend select').count(), 0);
    assert.equal(await page.locator('aside').getByText('户数', { exact: true }).count(), 0);
    assert.deepEqual(asked(seen).filter((path) => /measures|people/.test(path)), []);
    await shot(page, 'nobody');
    seen.check();
    await context.close();
  });

  test('a viewer sees numbers, no people; a dispatcher both', async () => {
    for (const [name, people] of Object.entries({ kankan: false, diaodu: true })) {
      const { page, context, seen } = await visit(name);
      await page.locator('aside').getByText('户数', { exact: true }).waitFor();
      await page.locator('.legend select').waitFor();
      assert.equal(asked(seen).includes('/api/people'), people, name);
      seen.check();
      await context.close();
    }
  });

  test('the map is drawn before the server has said who reads it', async () => {
    const { page, context } = await empty();
    let say;
    const silence = new Promise((done) => (say = done));
    await page.route('**/api/session', async (route) => (await silence, route.continue()));
    await page.goto(`${url()}/`);
    await drawn(page);
    assert.equal(await page.locator('header').getByRole('link', { name: '登录' }).count(), 0);
    say();
    await page.locator('header').getByRole('link', { name: '登录' }).waitFor();
    await context.close();
  });

  test('the way to one\'s account keeps language and style; Esc closes it before the card', async () => {
    const { page, context, seen } = await visit('diaodu', `${TOWN}&lang=en&style=night`);
    const opener = page.getByRole('button', { name: 'Account: 钱调度' });
    await opener.click();
    await page.keyboard.press('Escape');
    assert.equal(await opener.getAttribute('aria-expanded'), 'false');
    assert.ok(await page.locator('aside').isVisible());
    await opener.click();
    await page.getByRole('link', { name: 'Account and keys' }).click();
    await page.waitForURL((at) => at.pathname === '/account' && at.hash === '#lang=en&style=night');
    await page.getByRole('heading', { name: 'Where you are signed in' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('data-style'), 'night');
    seen.check();
    await context.close();
  });

  test('a session that ends under the map is said quietly; what is drawn stays', async () => {
    const { page, context } = await visit('diaodu');
    await page.locator('aside').getByText('户数', { exact: true }).waitFor();
    await context.clearCookies();
    await page.evaluate(() => (location.hash = 'unit=320924101'));
    await page.getByRole('status').getByText('登录已经结束').waitFor();
    await page.locator('aside h2').waitFor();
    await shot(page, 'ended');
    await page.getByRole('button', { name: '重新登录' }).click();
    await enter(page, 'diaodu');
    await page.waitForURL((at) => at.hash.includes('unit=320924101'));
    await context.close();
  });

  test('a phone has room for the entry', async () => {
    const { page, context, seen } = await visit('admin', '', PHONE);
    const opener = page.getByRole('button', { name: '账号：李管理' });
    const box = await opener.boundingBox();
    assert.ok(box.width >= 40 && box.height >= 40 && box.x + box.width <= 390, JSON.stringify(box));
    await opener.tap();
    await page.getByRole('link', { name: '账号与密钥' }).waitFor();
    seen.check();
    await context.close();
  });
});

describe('a map for accounts only', () => {
  const { url, empty } = suite({ accounts: ACCOUNTS, flags: ['--map', 'accounts'] });

  test('leads to where one signs in, and from there to what was asked for', async () => {
    const { page, context } = await empty();
    await page.goto(`${url()}/${TOWN}`);
    await page.waitForURL((at) => at.pathname === '/sign-in');
    assert.equal(await page.locator('[role=alert]').filter({ hasText: /./ }).count(), 0);
    await enter(page, 'kankan');
    await page.waitForURL((at) => at.pathname === '/' && at.hash.includes('unit=320924100'));
    await drawn(page);
    await page.locator('aside p.code').waitFor();
    await context.close();
  });

  test('a session that ends there is said, over the map that was drawn', async () => {
    const { page, context } = await empty();
    await signIn(page, url(), 'kankan', `/${TOWN}`);
    await drawn(page);
    await page.locator('aside').getByText('户数', { exact: true }).waitFor();
    await context.clearCookies();
    await page.evaluate(() => (location.hash = 'unit=320924101'));
    await page.getByRole('status').getByText('登录已经结束').waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
    await context.close();
  });
});

describe('a server without accounts', () => {
  let wangge, browser;
  before(async () => ([wangge, browser] = await Promise.all([start(), launch()])));
  after(async () => (await browser?.close(), await wangge?.stop()));

  test('has no entry in the bar, and says on the account page why', async () => {
    const page = await browser.newPage();
    await page.goto(`${wangge.url}/${TOWN}`);
    await drawn(page);
    await page.locator('aside').getByText('户数', { exact: true }).waitFor();
    await eventually(async () => assert.equal(await page.locator('header .in, header .who').count(), 0));
    await page.goto(`${wangge.url}/account`);
    await page.getByText('这个服务器没有设账号').waitFor();
    await page.goto(`${wangge.url}/sign-in`);
    await page.getByText('这个服务器没有设账号').waitFor();
    await page.close();
  });
});
