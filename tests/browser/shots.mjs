// The page in every state, at every size, by day and by night: for eyes, not for a test.
//
//   WANGGE_BIN=target/release/wangge node tests/browser/shots.mjs [part of a name …]
//
// Writes tests/browser/out/{state}-{size}-{day|night}.png.

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawn, launch } from './browser.mjs';
import { ACCOUNTS, enter, openTab, signIn } from './people.mjs';
import { across, AT, by, from, shared, VIEW } from './plans.mjs';
import { start } from './wangge.mjs';

const OUT = fileURLToPath(new URL('./out', import.meta.url));
const SIZES = {
  wall: { viewport: { width: 3840, height: 2160 }, hash: 'display=1' },
  desk: { viewport: { width: 1920, height: 1080 } },
  laptop: { viewport: { width: 1366, height: 768 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
};
const NEAR_A_BORDER = '120.2512,33.7701';

const list = (page) => page.getByRole('complementary', { name: '清单' });

async function paste(page) {
  await page.keyboard.press('/');
  await page.getByRole('button', { name: '清单定位' }).click();
  await list(page).getByRole('textbox').fill(ROWS);
  await list(page).getByRole('button', { name: '定位', exact: true }).click();
  await list(page).locator('.rows li').first().waitFor();
}

// Places over the county, a few of them wrong.
const ROWS = [
  '名称,纬度,经度',
  ...Array.from({ length: 60 }, (_, i) => `事件${i + 1},${(33.55 + ((i * 37) % 60) / 130).toFixed(6)},${(120.02 + ((i * 53) % 60) / 130).toFixed(6)}`),
  '坏的,abc,120.2',
  '海上,33.5,121.5',
].join('\n');

const search = (text) => async (page) => {
  await page.getByRole('searchbox').or(page.getByRole('combobox')).first().fill(text);
  await page.locator('[role=option]').first().waitFor();
};

/** Plans to be shown, by what stands for them in an address; a version is published meanwhile. */
async function plans(url) {
  const ask = async (path) => (await fetch(`${url}${path}`)).json();
  const api = by(() => url);
  const unit = async (lon, lat) => ask(`/api/units/${(await ask(`/api/locate?lon=${lon}&lat=${lat}`)).leaf.code}`);
  const [one, two] = [await unit(120.2612, 33.7695), await unit(120.2585, 33.7695)];
  const stuck = await api.drawn('合德镇东片调整', [across(two, 0.3, '东片网格'), { op: 'rename', unit: one.code, name: '沿街网格' }]);
  await api.publish('第三季度网格调整', [across(two, 0.5)]);
  const { children } = await ask(`/api/units/${one.code.slice(0, 12)}`);
  const far = children.filter(({ code }) => ![one, two].some((unit) => unit.code === code || unit.neighbours.some((near) => near.code === code)));
  const sent = await api.drawn('海通镇沿街网格合并', [across(one, 0.4, '沿街西片'), ...far.slice(0, 3).map(({ code }, i) => ({ op: 'rename', unit: code, name: `沿街${i + 1}号网格` }))]);
  await api.act(sent.id, sent.revision, 'submit');
  const draft = await api.drawn('合德镇网格调整', [across(one, 0.45, ''), { op: 'rename', unit: two.code, name: '示范网格' }]);
  const clean = await api.drawn('第四季度网格调整', []);
  const [both, run] = await shared(ask, one);
  return { ids: { STUCK: stuck.id, JUDGE: sent.id, CLEAN: clean.id, DRAFT: draft.id }, one, both, run, ask };
}
const at = (plan) => `${VIEW}&plan=${plan}`;

/** Points at a place as mouse or finger do. */
async function point(page, [lon, lat], { hover = false } = {}) {
  const scale = await page.evaluate(() => Number(getComputedStyle(document.documentElement).getPropertyValue('--scale')) || 1);
  const { width, height } = page.viewportSize();
  const [dx, dy] = from(AT, [lon, lat]);
  const [x, y] = [width / 2 + scale * dx, height / 2 + scale * dy];
  const finger = width < 640;
  if (!finger) await page.mouse.move(x, y, { steps: 3 });
  if (hover) return;
  if (finger) await page.touchscreen.tap(x, y);
  else await page.mouse.click(x, y);
  await page.waitForTimeout(500);
}
/** A tool taken and given what it wants; the last place is only pointed at. */
const tool = (key, places) => async (page) => {
  await page.waitForTimeout(3000);
  await page.keyboard.press(key);
  const given = places(shown);
  const last = given.pop();
  for (const place of given) await point(page, place);
  // A finger does not point: its last touch would make the edit, or give the unit back.
  if (page.viewportSize().width >= 640 || !'jva'.includes(key)) await point(page, last, { hover: page.viewportSize().width >= 640 });
  await page.waitForTimeout(1500);
};
const label = ({ label: { lon, lat } }) => [lon, lat];
const middleOf = ({ bbox: [west, south, east, north] }, x, y) => [west + (east - west) * x, south + (north - south) * y];
const vertex = ({ run }, share) => run[Math.floor(run.length * share)];
const aside = (page) => page.locator('aside.left');
const suggestions = (of) => async (page) => {
  await page.waitForTimeout(3000);
  await page.keyboard.press('u');
  if (of === 'fill') {
    await aside(page).getByRole('button', { name: '成批切分' }).click();
    await aside(page).getByLabel('超过').fill('420');
    await aside(page).getByRole('button', { name: '逐格切分' }).click();
    return page.waitForTimeout(9000);
  }
  if (of === 'village') await aside(page).getByRole('button', { name: '重组一村' }).click();
  await page.waitForTimeout(300);
  await point(page, label(shown.one));
  if (of === 'grid') await aside(page).getByLabel('分成几格').fill('3');
  await page.waitForTimeout(500);
  await aside(page).getByRole('button', { name: '找分法' }).click();
  await aside(page).getByRole('button', { name: /^分法 1/ }).waitFor({ timeout: 60_000 });
  await page.waitForTimeout(2000);
};
/** A file in which a grid has moved east: it leaves a gap. */
async function refusedFile(page) {
  await page.waitForTimeout(2000);
  const { children } = await shown.ask(`/api/units/${shown.one.code.slice(0, 12)}`);
  const features = await Promise.all(children.map(async ({ code }) => ({ ...(await shown.ask(`/api/units/${code}/geometry`)), properties: { code } })));
  const move = (place) => (Array.isArray(place[0]) ? place.map(move) : [place[0] + 0.0004, place[1]]);
  const moved = features.find(({ properties }) => properties.code === shown.one.code);
  moved.geometry.coordinates = move(moved.geometry.coordinates);
  await page.keyboard.press('f');
  await aside(page).getByLabel('选文件').setInputFiles({ name: '虹亚社区-修改.geojson', mimeType: 'application/geo+json', buffer: Buffer.from(JSON.stringify({ type: 'FeatureCollection', features })) });
  await aside(page).getByRole('button', { name: '加入方案' }).click();
  await aside(page).getByRole('button', { name: '看位置' }).click();
  await page.waitForTimeout(2000);
}
const review = async (page) => {
  await aside(page).getByRole('button', { name: /^(对比|Review)$/ }).click();
  await page.locator('aside.right table').first().waitFor();
};
const selection = (kind, places) => async (page) => {
  await page.waitForTimeout(1500);
  await page.keyboard.press('s');
  await aside(page).getByRole('button', { name: kind, exact: true }).click();
  for (const place of places) await point(page, place);
  if (kind === '范围') await aside(page).getByRole('button', { name: '完成' }).click();
  await aside(page).locator('li').first().waitFor();
};

/** What is opened, and what is done then. */
const STATES = {
  county: {},
  measure: { hash: 'measure=households' },
  town: { hash: 'unit=320924100' },
  grid: { hash: 'unit=320924100001003' },
  close: { hash: 'map=14.4/33.7701/120.2512' },
  search: { act: search('hdz') },
  rivals: { act: async (page) => (await page.locator('select').first().selectOption('any'), search('120.2512,33.7701')(page)) },
  pin: { hash: `at=${NEAR_A_BORDER}&acc=40` },
  outside: { hash: 'at=120.9,33.9' },
  list: { act: paste },
  table: { hash: 'table=town' },
  versions: { act: (page) => page.locator('footer button', { hasText: '版本' }).click() },
  plans: { hash: 'map=13/33.7695/120.2612&plan=' },
  plan: { hash: at('DRAFT') },
  'plan-english': { hash: `lang=en&${at('DRAFT')}` },
  'plan-review': { hash: at('DRAFT'), act: review },
  'plan-split': { hash: at('CLEAN'), act: tool('s', ({ one }) => [label(one), middleOf(one, 0.45, 1.06), middleOf(one, 0.5, 0.5), middleOf(one, 0.42, -0.06)]) },
  'plan-merge': { hash: at('CLEAN'), act: tool('j', ({ both }) => [...both.map(label), label(both[1])]) },
  'plan-reshape': { hash: at('CLEAN'), act: tool('r', ({ both, run }) => [...both.map(label), vertex({ run }, 0.2), middleOf(both[0], 0.62, 0.5), vertex({ run }, 0.8)]) },
  'plan-transfer': { hash: at('CLEAN'), act: tool('x', ({ both }) => [...both.map(label), middleOf(both[0], 0.6, 0.75), middleOf(both[0], 0.6, 0.35), middleOf(both[0], 1.02, 0.3), middleOf(both[0], 1, 0.8)]) },
  'plan-move': { hash: at('CLEAN'), act: tool('v', ({ run }) => [vertex({ run }, 0.5), [vertex({ run }, 0.5)[0], vertex({ run }, 0.5)[1] + 0.0003]]) },
  'plan-assign': { hash: at('CLEAN'), act: tool('a', ({ one }) => [label(one), middleOf(one, 1.3, 0.5)]) },
  'plan-suggest': { hash: at('CLEAN'), act: suggestions('grid') },
  'plan-regroup': { hash: at('CLEAN'), act: suggestions('village') },
  'plan-fill': { hash: at('CLEAN'), act: suggestions('fill') },
  'plan-file': { hash: at('CLEAN'), act: refusedFile },
  'plan-groups': { hash: at('JUDGE'), act: review },
  'plan-conflicts': { hash: at('STUCK'), act: async (page) => (await aside(page).getByRole('button', { name: '移到当前版本' }).click(), aside(page).getByRole('alert').waitFor()) },
  select: { hash: VIEW, act: selection('范围', [[120.2580, 33.7720], [120.2640, 33.7712], [120.2630, 33.7680], [120.2590, 33.7690]]) },
  'select-circle': { hash: VIEW, act: selection('圆', [[120.2612, 33.7700], [120.2640, 33.7700]]) },
  compare: { hash: 'map=15/33.7695/120.2600&compare=1' },
  keys: { act: (page) => page.keyboard.press('?') },
  empty: { before: (page) => page.route('**/api/summary*', emptied) },
  stale: {
    act: async (page) => {
      await page.route('**/api/**', (route) => route.abort());
      await page.getByText(/连不上服务器/).waitFor({ timeout: 60_000 });
    },
  },
  nowebgl: { before: (page) => page.addInitScript(() => (HTMLCanvasElement.prototype.getContext = () => null)) },
  english: { hash: 'lang=en&unit=320924100001003&measure=households' },
};

/** A store with no unit in it yet. */
async function emptied(route) {
  const answer = await (await route.fetch()).json();
  await route.fulfill({ json: { ...answer, levels: answer.levels.map((level) => ({ ...level, units: 0 })) } });
}

const mapless = ['empty', 'nowebgl'];

/** The pages beside the map, of a server that has accounts. */
const tab = (name) => async (page, url) => (await signIn(page, url, name === 'log' ? 'shenji' : 'admin'), await openTab(page, url, name));
const PAGES = {
  'sign-in': (page, url) => page.goto(`${url}/sign-in`),
  'sign-in-wrong': async (page, url) => (await page.goto(`${url}/sign-in`), await enter(page, 'kankan', 'a wrong one'), await page.getByText('不对').waitFor()),
  'account-me': tab('me'),
  'account-keys': tab('keys'),
  'account-users': tab('users'),
  'account-log': tab('log'),
  docs: (page, url) => page.goto(`${url}/api/docs`),
};

/** `plan-split-phone` takes both looks of one, `-night` all of the night. */
const wanted = (name) => process.argv.length <= 2 || process.argv.slice(2).some((part) => name.includes(part));

async function take(browser, name, options, scheme, open) {
  if (!wanted(name)) return;
  const context = await browser.newContext({ ...options, colorScheme: scheme === 'day' ? 'light' : 'dark', reducedMotion: 'reduce' });
  const page = await context.newPage();
  await open(page);
  await page.waitForTimeout(1500); // what fades in has come
  await page.screenshot({ path: `${OUT}/${name}.png` });
  console.log(name);
  await context.close();
}

/** The map in one of its states. */
const map = (url, state, { hash = '', before, act }, more) => async (page) => {
  await before?.(page);
  await page.goto(`${url}/#${[hash.replace(/[A-Z]{5}$/, (name) => shown.ids[name] ?? name), more].filter(Boolean).join('&')}`);
  if (mapless.includes(state)) await page.getByRole('alert').waitFor();
  else await drawn(page);
  await act?.(page);
};

mkdirSync(OUT, { recursive: true });
const open = await start();
const closed = await start({ accounts: ACCOUNTS });
const shown = await plans(open.url);
const browser = await launch();
for (const [size, { hash, ...options }] of Object.entries(SIZES)) {
  for (const scheme of ['day', 'night']) {
    const shots = [
      ...Object.entries(STATES).map(([state, how]) => [state, map(open.url, state, how, hash)]),
      ...Object.entries(PAGES).map(([state, go]) => [state, (page) => go(page, closed.url)]),
    ];
    for (const [state, go] of shots) {
      const name = `${state}-${size}-${scheme}`;
      await take(browser, name, options, scheme, go).catch((error) => console.log(`FAILED ${name}: ${error.message}`));
    }
  }
}
await browser.close();
await Promise.all([open.stop(), closed.stop()]);
