// Names, titles and notes are text: a hundred of them that would run if they were anything else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, eventually } from './browser.mjs';
import { ACCOUNTS, openTab, signIn } from './people.mjs';
import { suite } from './suite.mjs';

const RUN = 'globalThis.ran=1';
const SEEDS = [
  `<script>${RUN}</script>`,
  `<img src=x onerror=${RUN}>`,
  `<svg onload=${RUN}>`,
  `<svg><script>${RUN}</script></svg>`,
  `<iframe srcdoc="<script>parent.ran=1</script>">`,
  `<details open ontoggle=${RUN}>`,
  `<input autofocus onfocus=${RUN}>`,
  `<a href="javascript:${RUN}">x</a>`,
  `<style>@import 'javascript:${RUN}'</style>`,
  `<math><mtext></mtext><img src=x onerror=${RUN}></math>`,
  `<template><img src=x onerror=${RUN}></template>`,
  `<video><source onerror=${RUN}></video>`,
  `<body onpageshow=${RUN}>`,
  `<object data="javascript:${RUN}">`,
  `javascript:${RUN}`,
  `{{constructor.constructor('${RUN}')()}}`,
  `\${${RUN}}`,
  `{@html '<img src=x onerror=${RUN}>'}`,
  `<marquee onstart=${RUN}>`,
  `<form action="javascript:${RUN}"><button>x</button></form>`,
];
const WAYS = [(text) => text, (text) => `"><${text}`, (text) => `'>${text}`, (text) => `</title></p>${text}`, (text) => `-->${text}`];
const PAYLOADS = WAYS.flatMap((way) => SEEDS.map((seed) => way(seed))).map((text) => text.slice(0, 100));

/** Nine squares, named by payloads; the village over them too. */
const square = (i) => {
  const [west, south] = [120 + (i % 3) * 0.01, 33 + Math.floor(i / 3) * 0.01];
  const ring = [[west, south], [west + 0.01, south], [west + 0.01, south + 0.01], [west, south + 0.01], [west, south]];
  return { type: 'Feature', properties: { code: `32092410000${i + 1}`.slice(0, 12), name: PAYLOADS[i * 7] }, geometry: { type: 'Polygon', coordinates: [ring] } };
};
const coverage = { features: Array.from({ length: 9 }, (_, i) => square(i)), levels: 'county:6,town:9,village:12', notes: PAYLOADS.toReversed() };

const { url, empty } = suite({ accounts: ACCOUNTS, coverage });
const ran = (page) => page.evaluate(() => globalThis.ran ?? 0);

test('a hundred names of users, keys, roles and units: none runs, each is read as it is written', async (t) => {
  assert.equal(new Set(PAYLOADS).size, 100);
  const { page, context } = await empty();
  await signIn(page, url(), 'admin');
  const made = await page.evaluate(async (payloads) => {
    const post = (path, body) => fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).then(({ status }) => status);
    const users = [];
    for (const [i, text] of payloads.entries()) users.push(await post('/api/accounts', { name: `x${String(i).padStart(3, '0')}`, display_name: text, grants: [{ role: 'viewer', categories: [text] }] }));
    const keys = [];
    for (const text of payloads.slice(0, 40)) keys.push(await post('/api/keys', { kind: 'api', name: text, owner: 'machine', grants: [{ role: 'viewer' }] }));
    return { users, keys };
  }, PAYLOADS);
  assert.deepEqual([...new Set([...made.users, ...made.keys])], [201]);

  await openTab(page, url(), 'users');
  const rows = page.locator('section > ul > li');
  await page.getByRole('searchbox').fill('x0');
  await eventually(async () => assert.equal(await rows.count(), 100));
  const names = await rows.locator('strong').allInnerTexts();
  assert.deepEqual(names.toSorted(), PAYLOADS.toSorted());
  for (const i of [0, 1, 2, 7, 23]) {
    await rows.nth(i).getByRole('button').click();
    await page.locator('.facts').waitFor();
  }
  assert.equal(await ran(page), 0);

  await openTab(page, url(), 'keys');
  await eventually(async () => assert.ok((await page.locator('section > ul > li strong').count()) >= 40));
  await page.locator('section > ul > li').first().getByRole('button').click();
  await page.getByRole('dialog').waitFor();
  assert.equal(await ran(page), 0);

  await page.goto(`${url()}/#unit=320924100`);
  await drawn(page);
  await page.locator('aside p.code').waitFor();
  await page.locator('aside .lists button').first().hover();
  await page.keyboard.press('t');
  await page.locator('tbody th button').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.insertText('320924');
  await page.locator('[role=option]').first().waitFor();
  assert.equal(await ran(page), 0);
  t.diagnostic(`${PAYLOADS.length} payloads, ${made.users.length} users, ${made.keys.length} keys, ${coverage.features.length} units`);
  await context.close();

  const auditor = await empty();
  await signIn(auditor.page, url(), 'shenji', '/account#tab=log');
  await auditor.page.getByRole('searchbox').fill('account.create');
  const records = auditor.page.locator('tbody tr:not(.more) button');
  await eventually(async () => assert.ok((await records.count()) > 20));
  for (let i = 0; i < 20; i += 1) await records.nth(i).click();
  assert.equal(await auditor.page.locator('tr.more').count(), 20);
  assert.equal(await ran(auditor.page), 0);
  await auditor.context.close();
});

test('one who is called like that signs in, and the bar names them', async () => {
  const { page, context } = await empty();
  await signIn(page, url(), 'admin');
  const status = await page.evaluate(async (display_name) => (await fetch('/api/accounts/kankan', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ display_name }) })).status, PAYLOADS[1]);
  assert.equal(status, 200);
  await context.clearCookies();
  await signIn(page, url(), 'kankan', '/');
  await drawn(page);
  await page.getByRole('button', { name: `账号：${PAYLOADS[1]}` }).click();
  await page.locator('.menu p').getByText(PAYLOADS[1]).waitFor();
  assert.equal(await ran(page), 0);
  await context.close();
});

test('a hundred notes, authors and documents of versions: none runs, each is read as it is written', async () => {
  const { page, context } = await empty();
  await signIn(page, url(), 'admin', `/#unit=${coverage.features[0].properties.code}`);
  await drawn(page);
  await page.locator('aside p.code').waitFor();
  const past = page.locator('aside ol em');
  await page.locator('aside summary', { hasText: '沿革' }).click();
  await eventually(async () => assert.ok((await past.count()) >= 200, `${await past.count()}`), Date.now() + 5000);
  const { code } = coverage.features[0].properties;
  const texts = new Set(await past.allInnerTexts());
  assert.deepEqual(PAYLOADS.filter((text) => !texts.has(text) || !texts.has(`${text} ${code}`)), []);
  await page.locator('footer button', { hasText: '版本' }).click();
  const versions = page.getByRole('region', { name: '历史版本' });
  await versions.locator('small').first().waitFor();
  const said = new Set(await versions.locator('small').allInnerTexts());
  assert.deepEqual(PAYLOADS.filter((text) => !said.has(text)), []);
  assert.equal(await ran(page), 0);
  await context.close();
});
