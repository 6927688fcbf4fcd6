// The page in every state, at every size, by day and by night: for eyes, not for a test.
//
//   WANGGE_BIN=target/release/wangge node tests/browser/shots.mjs [part of a name …]
//
// Writes tests/browser/out/{state}-{size}-{day|night}.png.

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawn, launch } from './browser.mjs';
import { ACCOUNTS, enter, openTab, signIn } from './people.mjs';
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

/** Plans to be shown: one is begun, with edits, a defect and a version of it published first. */
async function plans(url) {
  const call = async (path, body, revision) => {
    const headers = { 'content-type': 'application/json', ...(revision && { 'if-match': `"${revision}"` }) };
    const answer = await fetch(`${url}${path}`, body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) });
    return answer.json();
  };
  const at = async (lon, lat) => (await call(`/api/locate?lon=${lon}&lat=${lat}`)).leaf;
  const [one, two] = [await at(120.2612, 33.7695), await at(120.2585, 33.7695)];
  const cut = (unit, lon, new_) => ({ op: 'split', unit, line: [[lon, 33.75], [lon + 0.0004, 33.79]], new: new_, tolerance: 5 });
  const plan = async (title, note, edits) => {
    const { id } = await call('/api/plans', { title, note });
    for (const [i, edit] of edits.entries()) await call(`/api/plans/${id}/edits`, edit, i + 1);
    return [id, edits.length + 1];
  };
  const [first, n] = await plan('兴桥镇一格更名', '', [cut(two.code, 120.2583, [{ name: '西片网格' }])]);
  await call(`/api/plans/${first}/submit`, {}, n);
  await call(`/api/plans/${first}/approve`, {}, n + 1);
  await call(`/api/plans/${first}/publish`, { note: '第三季度网格调整' }, n + 2);
  const [sent, s] = await plan('海通镇沿街网格合并', '', [{ op: 'rename', unit: one.code, name: '沿街网格' }]);
  await call(`/api/plans/${sent}/submit`, {}, s);
  const [drawn] = await plan('合德镇网格调整', '第四季度：一格户数过多，切分为二，门牌另行通知。', [cut(one.code, 120.2609, []), { op: 'rename', unit: two.code, name: '示范网格' }]);
  return drawn;
}
const DRAFT = 'map=15/33.7695/120.2612&plan=PLAN';
const drawnOn = async (page) => {
  await page.waitForTimeout(2000);
  await page.keyboard.press('s');
  const { width, height } = page.viewportSize();
  for (const [x, y] of [[0.54, 0.53], [0.56, 0.2], [0.57, 0.75]]) {
    await page.mouse.move(width * x, height * y);
    await page.mouse.click(width * x, height * y);
    await page.waitForTimeout(700);
  }
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
  plan: { hash: DRAFT },
  'plan-review': { hash: DRAFT, act: (page) => page.getByRole('button', { name: '对比' }).click() },
  'plan-drawn': { hash: DRAFT, act: drawnOn },
  'plan-english': { hash: `lang=en&${DRAFT}` },
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
  await page.goto(`${url}/#${[hash.replace('PLAN', draft), more].filter(Boolean).join('&')}`);
  if (mapless.includes(state)) await page.getByRole('alert').waitFor();
  else await drawn(page);
  await act?.(page);
};

mkdirSync(OUT, { recursive: true });
const open = await start();
const closed = await start({ accounts: ACCOUNTS });
const draft = String(await plans(open.url));
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
