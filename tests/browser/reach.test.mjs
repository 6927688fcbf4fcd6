// Within everyone's reach: keys, focus, names for readers, fingers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serious, small } from './axe.mjs';
import { shot } from './browser.mjs';
import { across, AT, by, left, VIEW } from './plans.mjs';
import { PHONE, suite } from './suite.mjs';

const { open, empty, url, ask, locate } = suite();
const api = by(url);

const key = (name) => (page) => page.keyboard.press(name);

async function find(page, text) {
  await page.keyboard.press('/');
  await page.keyboard.insertText(text);
  await page.locator('[role=option]').first().waitFor();
}

async function rivals(page) {
  await page.locator('[role=search] select').selectOption('any');
  await find(page, '120.2512, 33.7701');
}

async function list(page) {
  await page.getByRole('button', { name: /清单定位|Locate a list/ }).click();
  await page.locator('aside textarea').fill('井盖,120.2512,33.7701\n坏的,abc,33.77');
  await page.locator('aside .main').click();
  await page.locator('aside .rows li').first().waitFor();
}

/** A version in which a grid is split, and a draft with an edit and a defect; made once. */
let made;
const plans = () => (made ??= prepare());
async function prepare() {
  const { leaf } = await locate({ lon: AT[1], lat: AT[0] });
  const grid = await ask(`/api/units/${leaf.code}`);
  await api.publish('切分一格', [across(grid, 0.5)]);
  return (await api.drawn('合德镇网格调整', [across(await ask(`/api/units/${grid.neighbours[0].code}`), 0.5, '')])).id;
}
const inPlan = (then) => ({ hash: async () => `#${VIEW}&plan=${await plans()}`, then: async (page) => (await left(page).locator('ol.edits > li').first().waitFor(), then?.(page)) });

const flat = (page) => page.addInitScript(() => (HTMLCanvasElement.prototype.getContext = () => null));
const STATES = {
  county: { hash: '' },
  'a measure': { hash: '#measure=households', then: (page) => page.getByText(/分位数分级|quantiles/).waitFor() },
  'places by kind': { hash: '#map=14.5/33.757983/120.221172', then: (page) => page.locator('details.places summary').click() },
  'the table': { hash: '#table=grid', then: (page) => page.locator('tbody th button').first().waitFor() },
  'a pin': { hash: '#map=14/33.757983/120.221172&at=120.221172,33.757983', then: (page) => page.locator('aside p.code').waitFor() },
  'a unit': { hash: '#unit=320924100', then: (page) => page.locator('aside p.code').waitFor() },
  'the keys': { hash: '', then: key('?') },
  results: { hash: '', then: (page) => find(page, '合德') },
  'a list': { hash: '', then: list },
  rivals: { hash: '', then: rivals },
  'the versions': { hash: '', then: (page) => page.locator('footer button').last().click() },
  plans: { hash: async () => (await plans(), `#${VIEW}&plan=`), then: (page) => left(page).locator('li').first().waitFor() },
  'a plan': inPlan(),
  'a review': inPlan(async (page) => (await left(page).getByRole('button', { name: /^(对比|Review)$/ }).click(), page.locator('aside.right table').first().waitFor())),
  'a tool in hand': inPlan(async (page) => (await page.keyboard.press('a'), page.locator('.hint').waitFor())),
  suggestions: inPlan(key('u')),
  'many suggestions': inPlan(async (page) => (await page.keyboard.press('u'), left(page).getByRole('button', { name: /成批切分|Split many/ }).click())),
  'a file': inPlan(key('f')),
  'a comparison': { hash: async () => (await plans(), `#${VIEW}&compare=1`), then: (page) => page.getByRole('slider').waitFor() },
  selecting: { hash: `#${VIEW}`, then: async (page) => (await page.keyboard.press('s'), left(page).waitFor()) },
  'a version that is not': { hash: '#v=99', mapless: true },
  'no WebGL': { hash: '', before: flat, mapless: true },
};

for (const [name, { hash, before, then, mapless }] of Object.entries(STATES)) {
  for (const look of ['', 'style=night&lang=en']) {
    test(`axe finds nothing serious: ${name} ${look}`, async () => {
      const whole = [(typeof hash === 'function' ? await hash() : hash) || '#', look].filter(Boolean).join('&').replace('#&', '#');
      if (mapless) {
        const { page, context } = await empty();
        await before?.(page);
        await page.goto(`${url()}/${whole}`);
        await page.getByRole('alert').waitFor();
        assert.deepEqual(await serious(page), []);
        return context.close();
      }
      const { page, context } = await open({ hash: whole });
      await then?.(page);
      assert.deepEqual(await serious(page), []);
      await context.close();
    });
  }
}

/** Waits for what this address shows. */
const settled = (page, hash) =>
  page
    .locator(hash.includes('table') ? 'tbody th button' : hash.includes('unit') ? 'aside p.code' : hash.includes('measure') ? '.legend .method' : '.legend select')
    .first()
    .waitFor();

test('axe finds nothing serious on a phone', async () => {
  for (const hash of ['#measure=households', '#table=village', '#unit=320924100']) {
    const { page, context } = await open({ hash, ...PHONE });
    await settled(page, hash);
    assert.deepEqual(await serious(page), [], hash);
    await context.close();
  }
});

test('axe finds nothing serious in plans on a phone, and what a finger is to hit is 40 px at least', async () => {
  const plan = await plans();
  const steps = [
    async (page) => left(page).locator('ol.edits > li').first().waitFor(),
    async (page) => left(page).getByRole('button', { name: '建议' }).tap(),
    async (page) => (await left(page).locator('.plan-back').tap(), left(page).getByRole('button', { name: '文件' }).tap()),
    async (page) => (await left(page).locator('.plan-back').tap(), left(page).getByRole('button', { name: '改隶属' }).tap(), page.locator('.hint').waitFor()),
  ];
  const { page, context } = await open({ hash: `#${VIEW}&plan=${plan}`, ...PHONE });
  for (const [i, step] of steps.entries()) {
    await step(page);
    await page.waitForTimeout(300);
    assert.deepEqual(await serious(page), [], `step ${i}`);
    assert.deepEqual(await small(page), [], `step ${i}`);
  }
  await context.close();
  for (const hash of [`#${VIEW}&compare=1`, `#${VIEW}`]) {
    const { page, context } = await open({ hash, ...PHONE });
    if (hash.includes('compare')) await page.getByRole('slider').waitFor();
    else await page.getByRole('button', { name: /圈选/ }).tap();
    await page.waitForTimeout(500);
    assert.deepEqual(await serious(page), [], hash);
    assert.deepEqual(await small(page), [], hash);
    await context.close();
  }
});

test('? shows the keys beside a map that still answers; every letter there does something', async () => {
  const { page, context, seen } = await open();
  await page.keyboard.press('?');
  const keys = page.getByRole('region', { name: '按键' });
  await keys.waitFor();
  await shot(page, 'keys');
  const listed = await keys.locator('kbd').allInnerTexts();
  for (const one of ['/', 'T', 'S', 'P', 'N', 'D', 'L', 'M', '0', '?', 'Esc']) assert.ok(listed.includes(one), one);
  await page.mouse.click(500, 300);
  await page.locator('aside').waitFor();
  assert.ok(await keys.isVisible(), 'it is in nobody\'s way');
  await page.keyboard.press('Escape');
  await keys.waitFor({ state: 'detached' });
  assert.ok(await page.locator('aside').isVisible(), 'one thing at a time');
  seen.check();
  await context.close();
});

test('Tab goes through the page in the order in which it is read, and the focus is seen', async () => {
  const { page, context, seen } = await open();
  const order = [];
  for (let i = 0; i < 24; i += 1) {
    await page.keyboard.press('Tab');
    const now = await page.evaluate(() => {
      const { activeElement: one } = document;
      if (!one || one === document.body) return null;
      const { outlineStyle, boxShadow } = getComputedStyle(one);
      const parent = one.parentElement && getComputedStyle(one.parentElement);
      return { name: one.ariaLabel || one.innerText || one.title || one.className, shown: outlineStyle !== 'none' || boxShadow !== 'none' || parent?.outlineStyle !== 'none' || one.tagName === 'INPUT' };
    });
    if (!now) break;
    order.push(now);
  }
  assert.deepEqual(order.filter(({ shown }) => !shown), []);
  const names = order.map(({ name }) => name).join(' | ');
  assert.match(names, /网格地图.*表格.*圈选.*图片.*放大.*全县.*着色指标.*版本/s, names);
  seen.check();
  await context.close();
});

test('what a finger is to hit is 40 px at least', async () => {
  for (const hash of ['', '#measure=households', '#table=village', '#unit=320924100']) {
    const { page, context } = await open({ hash, ...PHONE });
    await settled(page, hash);
    assert.deepEqual(await small(page), [], hash);
    await context.close();
  }
});

test('numbers and dates are written in the reader\'s way', async () => {
  const { page, context, seen } = await open({ hash: '#measure=households&lang=en' });
  await page.getByText('by town · quantiles').waitFor();
  await page.locator('footer button').last().click();
  await page.getByText(/effective [A-Z][a-z]+ \d+, \d{4}/).first().waitFor();
  seen.check();
  await context.close();
});

test('in forced colours the panels have edges and the classes keep their colours', async () => {
  const { page, context } = await open({ hash: '#measure=households', forcedColors: 'active' });
  await page.getByText('镇级 · 分位数分级').waitFor();
  const { edge, kept } = await page.evaluate(() => ({
    edge: getComputedStyle(document.querySelector('.legend')).borderTopStyle,
    kept: new Set([...document.querySelectorAll('.legend li i')].map((i) => getComputedStyle(i).backgroundColor)).size,
  }));
  assert.equal(edge, 'solid');
  assert.ok(kept >= 5, `${kept} colours`);
  await context.close();
});

test('in English no name and no hint has marks of Chinese', async () => {
  const { page, context, seen } = await open({ hash: '#lang=en&measure=households&table=town&unit=320924100' });
  await page.locator('tbody th button').first().waitFor();
  await page.locator('aside p.code').waitFor();
  const said = await page.evaluate(() => [...document.querySelectorAll('[title], [aria-label]')].flatMap((one) => [one.title, one.ariaLabel]));
  assert.deepEqual(said.filter((text) => /[（）：，、。]/.test(text ?? '') && !/\p{Script=Han}/u.test(text)), []); // what is written in Chinese is quoted
  seen.check();
  await context.close();
});
