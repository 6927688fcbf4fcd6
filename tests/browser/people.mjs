// Accounts for tests, and how one of them comes to a page.

import { PASSWORD } from './wangge.mjs';

export const ACCOUNTS = [
  { name: 'admin', called: '李管理', role: 'administrator' },
  { name: 'hede', called: '王镇管', role: 'administrator', area: '320924100' },
  { name: 'shenji', called: '赵审计', role: 'auditor' },
  { name: 'diaodu', called: '钱调度', role: 'dispatcher' },
  { name: 'kankan', called: '', role: 'viewer' },
];

/** Types a name and a password, and submits as Enter does. */
export async function enter(page, name, password = PASSWORD) {
  await page.getByLabel('用户名').fill(name);
  await page.getByLabel('密码', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

/** Signs in on the page, and goes on to `to`. */
export async function signIn(page, url, name, to = '/account') {
  await page.goto(`${url}/sign-in?to=${encodeURIComponent(to)}`);
  await enter(page, name);
  await page.waitForURL((at) => at.pathname !== '/sign-in');
}

/** Opens a part of the account page. */
export async function openTab(page, url, tab) {
  await page.goto(`${url}/account#tab=${tab}`);
  await page.locator('nav [aria-current=page]').waitFor();
}
