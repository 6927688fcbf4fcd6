// The pages with fields within everyone's reach: names for readers, keys, fingers; in both languages, by day and by night.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serious, small } from './axe.mjs';
import { ACCOUNTS, enter, signIn } from './people.mjs';
import { PHONE, suite } from './suite.mjs';

const { url, empty } = suite({ accounts: ACCOUNTS });

const STATES = {
  'the sign-in': { path: '/sign-in', then: (page) => page.locator('#name').waitFor() },
  'a refusal': { path: '/sign-in', hash: 'refused=state', then: (page) => page.locator('.said-no').waitFor() },
  'a link': { path: '/sign-in', hash: 'link=wl_0', then: (page) => page.locator('#again').waitFor() },
  oneself: { who: 'admin', path: '/account', then: (page) => page.locator('#sessions').waitFor() },
  'a question': { who: 'admin', path: '/account', then: async (page) => (await page.locator('.side-act.danger').click(), page.getByRole('dialog').waitFor()) },
  'a new key': { who: 'admin', path: '/account', hash: 'tab=keys', then: async (page) => (await page.locator('.head .main-act').click(), page.locator('#key-name').waitFor()) },
  'a new user': { who: 'admin', path: '/account', hash: 'tab=users', then: async (page) => (await page.locator('.head .main-act').click(), await page.getByRole('combobox').last().fill('hdz'), page.locator('li[role=option]').first().waitFor()) },
  'a user': { who: 'admin', path: '/account', hash: 'tab=users', then: async (page) => (await page.locator('section li button').first().click(), page.locator('.facts').waitFor()) },
  'the log': { who: 'shenji', path: '/account', hash: 'tab=log', then: async (page) => (await page.locator('tbody button').first().click(), page.locator('tr.more').waitFor()) },
};

async function visit({ who, path, hash = '', then }, look, options) {
  const { page, context } = await empty(options);
  if (who) await signIn(page, url(), who, '/account');
  await page.goto('about:blank');
  await page.goto(`${url()}${path}#${[hash, look].filter(Boolean).join('&')}`);
  await then(page);
  return { page, context };
}

for (const [name, state] of Object.entries(STATES)) {
  test(`axe finds nothing serious, and fingers hit: ${name}`, async () => {
    for (const [look, options] of [['', {}], ['style=night&lang=en', {}], ['', PHONE]]) {
      const { page, context } = await visit(state, look, options);
      const where = `${look} ${options === PHONE ? 'phone' : ''}`;
      assert.deepEqual(await serious(page), [], where);
      if (options === PHONE) {
        assert.deepEqual(await small(page), [], where);
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390, where);
      }
      await context.close();
    }
  });
}

test('in English nothing is said in Chinese but what is so called', async () => {
  for (const state of Object.values(STATES)) {
    const { page, context } = await visit(state, 'lang=en');
    const text = await page.locator('body').evaluate((body) => [body.innerText, ...[...body.querySelectorAll('[title], [aria-label], [placeholder]')].flatMap((one) => [one.title, one.ariaLabel, one.placeholder])].join('\n'));
    const found = text.split('\n').filter((line) => /[\p{Script=Han}（），。：]/u.test(line)).filter((line) => !/^中$|中文|李管理|王镇管|赵审计|钱调度|镇|县|库|村/.test(line));
    assert.deepEqual(found, [], `${state.path} ${state.hash ?? ''}`);
    await context.close();
  }
});

test('the keyboard alone signs in, opens a part, makes a user and asks before a disabling', async () => {
  const { page, context } = await empty();
  await page.goto(`${url()}/sign-in?to=/account`);
  await enter(page, 'admin');
  await page.waitForURL((at) => at.pathname === '/account');
  await page.getByRole('button', { name: '用户', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '新建用户' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('jianpan');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.insertText('合德镇');
  await page.getByRole('option', { name: /320924100/ }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.locator('.secret').waitFor();
  await page.getByRole('button', { name: '停用' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('dialog').count(), 0);
  assert.equal(await page.locator('.facts').getByText('待设密码').count(), 1);
  await context.close();
});
