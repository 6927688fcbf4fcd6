// Single sign-on, over the real binary and a real provider at another site.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { drawn, launch, shot, watch } from './browser.mjs';
import { agree, CLIENT, provider, SECRET } from './provider.mjs';
import { start } from './wangge.mjs';

const TOWN = '320924100';
let theirs, wangge, browser;

before(async () => {
  theirs = await provider();
  process.env.WANGGE_OIDC_CLIENT_SECRET = SECRET;
  const grants = ['admins=administrator', `planners=planner@${TOWN}`].flatMap((rule) => ['--oidc-grant', rule]);
  const flags = ['--oidc-issuer', theirs.issuer, '--oidc-client-id', CLIENT, '--oidc-name', '县统一认证', ...grants];
  wangge = await start({ accounts: [], flags });
  theirs.serve(wangge.url);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await wangge?.stop();
  await theirs?.stop();
});

const ask = (page, path) => page.evaluate(async (path) => (await fetch(path)).json(), path);

/** From the page to sign in to the provider's. */
async function begin(page, to = '/') {
  await page.goto(`${wangge.url}/sign-in?to=${encodeURIComponent(to)}`);
  await page.getByRole('link', { name: '用县统一认证登录' }).click();
  await page.waitForURL((url) => url.origin === theirs.issuer);
}

/** And back. */
async function come(page, name, to) {
  await begin(page, to);
  await agree(page, name);
}

/** Why the page says that they were not let in; nobody is signed in. */
async function refusal(page) {
  await page.waitForURL((url) => url.pathname === '/sign-in');
  const why = await page.getByRole('alert').innerText();
  assert.equal((await ask(page, '/api/session')).signed_in, false);
  return why;
}

test('one signs in on the provider\'s page, has the role of one\'s group, and leaves both', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await come(page, 'zhangsan', `/#unit=${TOWN}`);
  await page.waitForURL((url) => url.origin === wangge.url && url.pathname === '/' && url.hash.includes(TOWN));
  const seen = watch(page, wangge.url);
  await drawn(page);
  await page.getByRole('button', { name: '账号：张三' }).waitFor();
  const session = await ask(page, '/api/session');
  assert.deepEqual(session.account, { name: 'zhangsan', display_name: '张三' });
  assert.deepEqual(session.grants, [{ role: 'planner', area: TOWN }]);
  assert.deepEqual([session.signed_in, session.via, session.has_password], [true, 'session', false]);
  assert.ok(session.may.includes('draft-plans') && !session.may.includes('manage-accounts'));
  const cookies = (await context.cookies(wangge.url)).filter((cookie) => cookie.name.startsWith('wangge'));
  assert.deepEqual(cookies.map((cookie) => [cookie.name, cookie.httpOnly, cookie.sameSite]), [['wangge', true, 'Strict']]);
  seen.check();
  await page.goto(`${wangge.url}/account`);
  await page.getByText('规划员').first().waitFor();
  await shot(page, 'single-sign-on');

  await page.getByRole('button', { name: '退出登录' }).first().click();
  await page.waitForURL((url) => url.origin === theirs.issuer);
  await page.getByRole('button', { name: 'Yes' }).click();
  await page.waitForURL((url) => url.origin === wangge.url && url.pathname === '/sign-in');
  assert.equal((await ask(page, '/api/session')).signed_in, false);
  // At the provider, too: it asks again who one is.
  await page.goto(`${wangge.url}/sign-in/oidc`);
  await page.locator('input[name=login]').waitFor();
  await context.close();
});

test('who is still signed in at the provider comes back without a word, and an administrator administers', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await come(page, 'lisi', '/account');
  await page.waitForURL((url) => url.origin === wangge.url && url.pathname === '/account');
  const { accounts } = await ask(page, '/api/accounts');
  const lisi = accounts.find((one) => one.name === 'lisi');
  assert.deepEqual([lisi.grants, lisi.has_password], [[{ role: 'administrator' }], false]);
  await context.clearCookies({ domain: new URL(wangge.url).hostname });
  assert.equal((await ask(page, '/api/session')).signed_in, false);
  await page.goto(`${wangge.url}/sign-in/oidc?to=/account`);
  await page.waitForURL((url) => url.origin === wangge.url && url.pathname === '/account');
  assert.equal((await ask(page, '/api/session')).account.name, 'lisi');
  assert.deepEqual((await ask(page, '/api/accounts')).accounts.length, accounts.length, 'no second account');
  await context.close();
});

test('whose groups give nothing here is told so', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await come(page, 'wangwu');
  assert.match(await refusal(page), /没有角色/);
  await shot(page, 'single-sign-on-no-role');
  await context.close();
});

const past = () => Math.floor(Date.now() / 1000) - 600;
for (const [what, lie, says] of [
  ['another nonce', () => ({ nonce: 'x' }), /对不上/],
  ['another audience', () => ({ aud: 'other' }), /给别的系统/],
  ['a time that is over', () => ({ exp: past(), iat: past() }), /失效/],
  ['another issuer', () => ({ iss: 'http://127.0.0.1:1' }), /没有通过/],
]) {
  test(`a token with ${what} lets nobody in, though the provider signed it`, async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    theirs.lies(lie());
    await come(page, 'zhangsan');
    assert.match(await refusal(page), says);
    theirs.lies(null);
    await context.close();
  });
}

test('an answer to somebody else\'s visit lets nobody in', async () => {
  const [mine, other] = [await browser.newContext(), await browser.newContext()];
  const [page, forger] = [await mine.newPage(), await other.newPage()];
  // The forger's own browser has forgotten the visit: the code that comes with the way back stays good.
  let back;
  forger.on('request', (request) => void (request.url().includes('/callback') && (back = request.url())));
  await begin(forger);
  await other.clearCookies({ name: 'wangge-visit' });
  await agree(forger, 'lisi');
  assert.match(await refusal(forger), /从头再来/);
  assert.match(back, /[?&]code=.+&state=/);
  await begin(page);
  await page.goto(back);
  assert.match(await refusal(page), /从头再来/);
  await mine.close();
  await other.close();
});
