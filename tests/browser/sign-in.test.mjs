// Signing in and out, over the real binary: by password, by a link, and what is said where it does not succeed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, eventually, shot, watch } from './browser.mjs';
import { ACCOUNTS, enter, signIn } from './people.mjs';
import { PHONE, suite } from './suite.mjs';
import { PASSWORD } from './wangge.mjs';

const { url, empty } = suite({ accounts: ACCOUNTS });
const said = (page) => page.getByRole('alert');

test('a name and a password sign in and lead back to where one came from', async () => {
  const { page, context } = await empty();
  const seen = watch(page, url());
  await page.goto(`${url()}/#unit=320924100&lang=zh`);
  await drawn(page);
  await page.locator('header').getByRole('link', { name: '登录' }).click();
  await page.waitForURL(/\/sign-in\?to=/);
  assert.ok(await page.getByLabel('用户名').evaluate((one) => one === document.activeElement), 'one can type at once');
  await enter(page, 'admin');
  await page.waitForURL((at) => at.pathname === '/' && at.hash.includes('unit=320924100'));
  await page.getByRole('button', { name: '账号：李管理' }).waitFor();
  const [cookie] = await context.cookies();
  assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite, cookie.path], ['wangge', true, 'Strict', '/']);
  seen.check();
  await context.close();
});

test('signing out leaves nothing of what only they could see', async () => {
  const { page, context } = await empty();
  await signIn(page, url(), 'admin', '/#unit=320924100');
  await drawn(page);
  await page.locator('aside').getByText('户数', { exact: true }).waitFor();
  await page.getByRole('button', { name: '账号：李管理' }).click();
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.locator('header').getByRole('link', { name: '登录' }).waitFor();
  await drawn(page);
  await page.locator('aside p.code').waitFor();
  assert.equal(await page.locator('aside').getByText('户数', { exact: true }).count(), 0);
  assert.deepEqual(await context.cookies(), []);
  await context.close();
});

test('a wrong password is refused in the reader\'s language, and the field is ready for another', async () => {
  const { page, context } = await empty();
  await page.goto(`${url()}/sign-in`);
  await enter(page, 'kankan', 'not the password');
  await said(page).getByText('用户名或密码不对').waitFor();
  assert.equal(await page.getByLabel('密码', { exact: true }).getAttribute('aria-invalid'), 'true');
  assert.ok(await page.getByLabel('密码', { exact: true }).evaluate((one) => one === document.activeElement));
  await shot(page, 'sign-in-wrong');
  await page.getByRole('button', { name: 'EN', exact: true }).click();
  await said(page).getByText('Wrong user name or password').waitFor();
  await context.close();
});

test('too many tries: it says for how long, and the button waits', async () => {
  const { page, context } = await empty();
  await page.goto(`${url()}/sign-in`);
  const button = page.locator('form .main-act');
  for (let i = 0; i < 6; i += 1) {
    await eventually(async () => assert.ok(await button.isEnabled()));
    await enter(page, 'nobody-of-that-name', `wrong ${i}`);
    await eventually(async () => assert.match(await said(page).innerText(), /不对|秒/));
    if (/秒/.test(await said(page).innerText())) break;
  }
  await said(page).getByText(/请过 \d+ 秒 再试/).waitFor();
  assert.ok(await button.isDisabled());
  await eventually(async () => assert.ok(await button.isEnabled()));
  await context.close();
});

test('a server that is busy or away is said, and what was typed stays', async () => {
  const { page, context } = await empty();
  await page.goto(`${url()}/sign-in`);
  await page.getByLabel('用户名').waitFor();
  await page.route('**/api/session', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{}' }));
  await enter(page, 'admin');
  await said(page).getByText('服务器正忙').waitFor();
  // Over the other, which stays: once nothing is held up, it may be a while before something is again.
  await page.route('**/api/session', (route) => route.abort());
  await page.keyboard.press('Enter');
  await said(page).getByText('服务器没有回答').waitFor();
  assert.equal(await page.getByLabel('用户名').inputValue(), 'admin');
  await page.unroute('**/api/session');
  await page.keyboard.press('Enter');
  await page.waitForURL((at) => at.pathname === '/');
  await context.close();
});

test('`to` leads to this server only', async () => {
  const bad = ['//evil.example/', '/\\evil.example', 'https://evil.example/', '/\t/evil.example', '/.//evil.example', 'javascript:alert(1)', '/sign-in'];
  for (const to of bad) {
    const { page, context } = await empty();
    await page.goto(`${url()}/sign-in?to=${encodeURIComponent(to)}`);
    await enter(page, 'kankan');
    await page.waitForURL((at) => at.pathname !== '/sign-in');
    assert.equal(new URL(page.url()).origin, url(), to);
    assert.equal(new URL(page.url()).pathname, '/', to);
    await context.close();
  }
});

test('why a single sign-on did not succeed is said, word for word or at least that', async () => {
  const { page, context } = await empty();
  const words = { state: /从头再来/, nonce: /对不上/, expired: /太久/, token: /核对/, 'no-role': /没有角色/, audience: /给别的系统/, provider: /没有回答/, denied: /取消/, 'something-new': /没有成功/ };
  for (const [word, text] of Object.entries(words)) {
    await page.goto('about:blank');
    await page.goto(`${url()}/sign-in#refused=${word}`);
    await said(page).getByText(text).waitFor();
  }
  await context.close();
});

test('a link sets a password once, by which one is signed in', async () => {
  const { page, context } = await empty();
  await signIn(page, url(), 'admin');
  const { link } = await page.evaluate(async () => (await fetch('/api/accounts', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'xinren', display_name: '新人', grants: [{ role: 'viewer' }] }) })).json());
  await context.clearCookies();

  await page.goto(`${url()}/sign-in?to=/account#link=${link}`);
  await page.getByRole('heading', { name: '设置密码' }).waitFor();
  const choose = async (first, again = first) => {
    await page.getByLabel('新密码').fill(first);
    await page.getByLabel('再输一遍').fill(again);
    await page.keyboard.press('Enter');
  };
  assert.equal(await page.getByLabel('新密码').getAttribute('autocomplete'), 'new-password');
  await choose('short');
  await said(page).getByText('至少要 10 个字符').waitFor();
  await choose('13800138000');
  await said(page).getByText('不要只用数字').waitFor();
  await choose('a mill by the river', 'a mill by the sea');
  await said(page).getByText('两次输入的不一样').waitFor();
  await choose('password123456');
  await said(page).getByText('太容易被猜到').waitFor();
  await shot(page, 'link');
  await choose('a mill by the river');
  await page.waitForURL((at) => at.pathname === '/account');
  await page.getByText('新人').first().waitFor();

  await context.clearCookies();
  await page.goto('about:blank');
  await page.goto(`${url()}/sign-in#link=${link}`);
  await choose('another mill, another river');
  await page.getByRole('heading', { name: '这个链接不能用了' }).waitFor();
  await page.getByRole('button', { name: '去登录' }).click();
  assert.ok(!page.url().includes('wl_'), 'a used link is taken out of the address');
  await enter(page, 'xinren', 'a mill by the river');
  await page.waitForURL((at) => at.pathname === '/');
  await context.close();
});

test('who is signed in already goes on, or lets another in', async () => {
  const { page, context } = await empty();
  await signIn(page, url(), 'diaodu');
  await page.goto(`${url()}/sign-in?to=/account`);
  await page.getByRole('heading', { name: '已经登录：钱调度' }).waitFor();
  await page.getByRole('button', { name: '换一个账号' }).click();
  await enter(page, 'admin');
  await page.waitForURL((at) => at.pathname === '/account');
  await page.getByText('李管理').first().waitFor();
  await context.close();
});

test('on a phone: fields that do not make it zoom, and a keyboard that does not get in the way', async () => {
  const { page, context } = await empty(PHONE);
  await page.goto(`${url()}/sign-in`);
  const field = page.getByLabel('用户名');
  await field.waitFor();
  assert.ok(Number.parseFloat(await field.evaluate((one) => getComputedStyle(one).fontSize)) >= 16);
  assert.equal(await field.getAttribute('autocapitalize'), 'none');
  assert.equal(await field.getAttribute('autocomplete'), 'username');
  const secret = page.getByLabel('密码', { exact: true });
  assert.equal(await secret.getAttribute('autocomplete'), 'current-password');
  await secret.fill(PASSWORD);
  await page.getByRole('button', { name: '显示密码' }).tap();
  assert.equal(await secret.getAttribute('type'), 'text');
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390, 'nothing stands out at the side');
  await context.close();
});
