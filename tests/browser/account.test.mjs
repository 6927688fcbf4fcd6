// The account page: one's password and sessions, keys, users and the log, over the real binary.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { eventually, shot } from './browser.mjs';
import { ACCOUNTS, enter, openTab, signIn } from './people.mjs';
import { suite } from './suite.mjs';
import { PASSWORD } from './wangge.mjs';

const { url, empty } = suite({ accounts: [...ACCOUNTS, { name: 'gaimi', role: 'viewer' }, { name: 'duochu', called: '多处', role: 'viewer' }] });
const dialog = (page) => page.getByRole('dialog');

async function as(name, tab = 'me') {
  const { page, context } = await empty({ permissions: ['clipboard-read', 'clipboard-write'] });
  await signIn(page, url(), name);
  if (tab !== 'me') await openTab(page, url(), tab);
  return { page, context };
}

test('nobody sees an account page: they are asked to sign in, and come back', async () => {
  const { page, context } = await empty();
  await page.goto(`${url()}/account#tab=keys`);
  await page.waitForURL((at) => at.pathname === '/sign-in');
  await enter(page, 'admin');
  await page.waitForURL((at) => at.pathname === '/account' && at.hash === '#tab=keys');
  await page.getByRole('heading', { name: '密钥和令牌' }).waitFor();
  await context.close();
});

test('what one is, and the parts one may open', async () => {
  for (const [name, tabs] of Object.entries({ admin: ['我', '密钥', '用户'], shenji: ['我', '密钥', '记录'], kankan: ['我', '密钥'] })) {
    const { page, context } = await as(name);
    await page.locator('nav [aria-current=page]').waitFor();
    assert.deepEqual(await page.locator('nav button').allInnerTexts(), tabs, name);
    await context.close();
  }
  const { page, context } = await as('hede', 'log');
  assert.equal(await page.locator('nav [aria-current=page]').innerText(), '我', 'what one may not open is not opened by its address');
  await page.locator('dl').getByText('合德镇', { exact: true }).waitFor();
  await context.close();
});

test('a changed password: the old one is asked for, the new one holds, other sessions end', async () => {
  const { page, context } = await as('gaimi');
  const other = await as('gaimi');
  const change = async (old, next) => {
    await page.getByLabel('现在的密码').fill(old);
    await page.getByLabel('新密码').fill(next);
    await page.getByLabel('再输一遍').fill(next);
    await page.keyboard.press('Enter');
  };
  await change('not the password', 'a mill by the river');
  await page.getByText('现在的密码不对').waitFor();
  await change(PASSWORD, 'gaimigaimi');
  await page.getByText('太容易被猜到').waitFor();
  await change(PASSWORD, 'a mill by the river');
  await page.getByText('密码已改').waitFor();
  assert.equal(await page.getByLabel('新密码').inputValue(), '');

  await other.page.reload();
  await other.page.waitForURL((at) => at.pathname === '/sign-in');
  await enter(other.page, 'gaimi', PASSWORD);
  await other.page.getByText('用户名或密码不对').waitFor();
  await enter(other.page, 'gaimi', 'a mill by the river');
  await other.page.waitForURL((at) => at.pathname === '/account');
  await page.reload();
  await page.getByText('gaimi').first().waitFor();
  await Promise.all([context.close(), other.context.close()]);
});

test('sessions are listed, one is ended, then all', async () => {
  const { page, context } = await as('duochu');
  const other = await as('duochu');
  await page.reload();
  const rows = page.locator('section').filter({ hasText: '登录着的地方' }).locator('li');
  await eventually(async () => assert.equal(await rows.count(), 2));
  assert.match(await rows.filter({ hasText: '本页' }).innerText(), /Linux 上的 Chrome/);
  await rows.filter({ hasNotText: '本页' }).getByRole('button').click();
  await eventually(async () => assert.equal(await rows.count(), 1));
  await other.page.reload();
  await other.page.waitForURL((at) => at.pathname === '/sign-in');

  await page.getByRole('button', { name: '全部退出' }).click();
  await dialog(page).getByRole('button', { name: '取消' }).click();
  await page.getByRole('button', { name: '全部退出' }).click();
  await dialog(page).getByRole('button', { name: '全部退出' }).click();
  await page.waitForURL((at) => at.pathname === '/sign-in');
  await page.getByLabel('用户名', { exact: true }).waitFor();
  await Promise.all([context.close(), other.context.close()]);
});

test('a key is made, shown once, works, and is revoked', async () => {
  const { page, context } = await as('diaodu', 'keys');
  await page.getByText('还没有密钥').waitFor();
  await page.getByRole('button', { name: '新建' }).click();
  await page.getByLabel('名称').fill('QGIS 办公室');
  await page.getByRole('button', { name: '建密钥' }).click();
  const secret = await page.locator('.secret').innerText();
  assert.match(secret, /^wk_[0-9a-f]{64}$/);
  await page.locator('.copy button').click();
  await page.getByText('已复制').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
  await shot(page, 'key');
  const status = async () => (await fetch(`${url()}/api/measures`, { headers: { authorization: `Bearer ${secret}` } })).status;
  assert.equal(await status(), 200);

  await page.getByRole('button', { name: '已经存好' }).click();
  assert.ok(!(await page.content()).includes(secret.slice(12)), 'the secret is gone from the page');
  await page.reload();
  const row = page.locator('li').filter({ hasText: 'QGIS 办公室' });
  assert.match(await row.innerText(), new RegExp(`${secret.slice(0, 11)}.*有效`, 's'));
  await row.getByRole('button', { name: /吊销/ }).click();
  await dialog(page).getByRole('button', { name: '吊销' }).click();
  await page.getByText('已失效的 1 个').click();
  await row.getByText('已吊销').waitFor();
  assert.equal(await status(), 401);
  await context.close();
});

test('a page token is bound to sites, which are refused by the server\'s rule in the reader\'s words', async () => {
  const { page, context } = await as('hede', 'keys');
  await page.getByRole('button', { name: '新建' }).click();
  await page.getByLabel('网页令牌').check();
  await page.getByLabel('名称').fill('镇政府网站');
  await page.getByLabel('网站地址').fill('www.example.org');
  await page.getByRole('button', { name: '建令牌' }).click();
  await page.getByText('网站地址不对').waitFor();
  await page.getByLabel('网站地址').fill('https://www.example.org/');
  await page.getByRole('button', { name: '建令牌' }).click();
  assert.match(await page.locator('.secret').innerText(), /^wt_[0-9a-f]{64}$/);
  const row = page.locator('li').filter({ hasText: '镇政府网站' });
  await row.getByText('合德镇').waitFor();
  assert.match(await row.innerText(), /https:\/\/www\.example\.org/);
  await context.close();
});

test('a user is made within what one administers, their link handed out, their roles changed, then kept out', async () => {
  const { page, context } = await as('hede', 'users');
  await page.getByRole('button', { name: '新建用户' }).click();
  const form = page.locator('form');
  await form.getByLabel('用户名').fill('zhangsan');
  await form.getByLabel('姓名').fill('张三');
  await form.getByLabel('角色', { exact: true }).selectOption({ label: '网格员' });
  const area = form.getByRole('combobox', { name: '范围' });
  assert.equal(await area.inputValue(), '合德镇', 'what one administers comes first');
  assert.ok(!(await form.getByLabel('角色', { exact: true }).innerText()).includes('审计员'));
  await area.fill('320924101');
  await page.locator('li[role=option]').first().click();
  await form.getByRole('button', { name: '新建用户' }).click();
  await page.getByRole('alert').getByText('没有权限').waitFor();
  await page.getByRole('alert').getByText(/within what you administer/).waitFor();
  await area.fill('交通路');
  await page.getByRole('option', { name: /交通路社区/ }).first().click();
  await form.getByRole('button', { name: '新建用户' }).click();

  const link = await page.locator('.secret').innerText();
  assert.ok(link.startsWith(`${url()}/sign-in#link=wl_`), link);
  const row = page.locator('li').filter({ hasText: 'zhangsan' });
  await row.getByText('待设密码').waitFor();
  await shot(page, 'user');
  const them = await empty();
  await them.page.goto(link);
  await them.page.getByLabel('新密码').fill('a mill by the river');
  await them.page.getByLabel('再输一遍').fill('a mill by the river');
  await them.page.keyboard.press('Enter');
  await them.page.waitForURL((at) => at.pathname === '/');

  await page.getByRole('button', { name: '已经发给本人' }).click();
  await page.getByLabel('角色', { exact: true }).selectOption({ label: '调度员' });
  await page.getByText('类别', { exact: true }).click();
  await page.getByLabel('类别').fill('矛盾纠纷，安全隐患');
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('已保存').waitFor();
  await row.getByText(/矛盾纠纷.*安全隐患|安全隐患.*矛盾纠纷/).waitFor();
  await page.getByRole('button', { name: '停用' }).click();
  await dialog(page).getByRole('button', { name: '停用' }).click();
  await row.getByText('停用').waitFor();
  await them.page.goto(`${url()}/account`);
  await them.page.waitForURL((at) => at.pathname === '/sign-in');
  await page.getByRole('button', { name: '启用' }).click();
  await page.locator('.facts').getByText('在用').waitFor();
  await Promise.all([context.close(), them.context.close()]);
});

test('users are found by name, role and area; the last administrator stays', async () => {
  const { page, context } = await as('admin', 'users');
  const rows = page.locator('section > ul > li');
  await eventually(async () => assert.ok((await rows.count()) >= ACCOUNTS.length));
  for (const [text, name] of Object.entries({ shenji: '赵审计', 调度: '钱调度', 320924100: '王镇管' })) {
    await page.getByRole('searchbox').fill(text);
    await eventually(async () => assert.match(await rows.first().innerText(), new RegExp(name)));
  }
  await page.getByRole('searchbox').fill('nobody at all');
  await page.getByText('没有符合的用户').waitFor();
  await page.getByRole('searchbox').fill('');
  await rows.filter({ hasText: '李管理' }).getByRole('button').click();
  await page.getByRole('button', { name: '停用' }).click();
  await dialog(page).getByRole('button', { name: '停用' }).click();
  await dialog(page).getByText('与现状冲突').waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  await context.close();
});

test('the log: read, opened, narrowed down, checked against a head that was kept, taken away', async () => {
  const { page, context } = await as('shenji', 'log');
  const rows = page.locator('tbody tr:not(.more)');
  await eventually(async () => assert.ok((await rows.count()) > 3));
  assert.match(await rows.first().innerText(), /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\s+shenji\s+登录/);
  await page.getByRole('searchbox').fill('gaimi');
  await page.getByRole('combobox', { name: '结果' }).selectOption({ label: '被拒' });
  await eventually(async () => assert.ok((await rows.allInnerTexts()).every((text) => /被拒/.test(text))));
  await page.getByRole('searchbox').fill('zhangsan 改角色');
  await page.getByRole('combobox', { name: '结果' }).selectOption({ label: '结果：全部' });
  await rows.first().getByRole('button').click();
  const more = page.locator('tr.more');
  await more.getByText('"grid-worker"').waitFor();
  await more.getByText('"dispatcher"').waitFor();
  assert.match(await more.innerText(), /account:hede.*account\.grants/s);
  await shot(page, 'log');

  const [seq, hash] = await page.evaluate(async () => Object.values(await (await fetch('/api/audit/head')).json()));
  await page.getByLabel('当时的记录号').fill(String(seq));
  await page.getByLabel('当时的摘要').fill(hash);
  await page.getByRole('button', { name: '核对整条记录' }).click();
  await page.getByText(`与当时第 ${seq} 条也一致`).waitFor();
  await page.getByLabel('当时的摘要').fill('0'.repeat(64));
  await page.getByRole('button', { name: '核对整条记录' }).click();
  await page.getByText(/不完整：从第 \d+ 条起/).waitFor();

  const taken = page.waitForEvent('download');
  await page.getByRole('link', { name: /导出全部/ }).click();
  const lines = readFileSync(await (await taken).path(), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(lines.map((one) => one.seq), lines.map((_, i) => i + 1));
  await context.close();
});

test('a session that ends under the page is said quietly, and what was typed stays', async () => {
  const { page, context } = await as('admin', 'users');
  await page.getByRole('button', { name: '新建用户' }).click();
  await page.getByLabel('用户名', { exact: true }).fill('lisi');
  await context.clearCookies();
  await page.locator('form').getByRole('button', { name: '新建用户' }).click();
  await page.getByText('登录已经结束').waitFor();
  assert.equal(await page.getByLabel('用户名', { exact: true }).inputValue(), 'lisi');
  await page.getByRole('button', { name: '重新登录' }).click();
  await page.waitForURL((at) => at.pathname === '/sign-in');
  await enter(page, 'admin');
  await page.waitForURL((at) => at.pathname === '/account' && at.hash === '#tab=users');
  await context.close();
});
