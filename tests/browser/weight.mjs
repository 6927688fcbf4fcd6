// What the page weighs and how soon it is there. Run after `npm --prefix web run build`:
//
//   WANGGE_BIN=target/release/wangge node tests/browser/weight.mjs
//
// Weight is gzip -9 of each file that a page reaches: what its first map waits for, and what comes later, once it is
// wanted. The rest is of a cold browser on loopback, the middle one of five;
// here everything is drawn in software, so a frame costs far more than on a desk.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { launch } from './browser.mjs';
import { start } from './wangge.mjs';

const RUNS = 5;
/** For the first map; and for all that comes later together, so that it stays worth fetching. */
const LIMIT_KB = 120;
const LATER_KB = 72;
const dist = fileURLToPath(new URL('../../web/dist', import.meta.url));

const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const text = (name) => readFileSync(`${dist}/${name}`, 'utf8');
const scripts = readdirSync(`${dist}/assets`).filter((name) => /\.(js|css)$/.test(name));
const size = (name) => gzipSync(readFileSync(`${dist}/assets/${name}`), { level: 9 }).length;
const sum = (names) => names.reduce((total, name) => total + size(name), 0);

/** What a page names, and what these import; with `later` also what they name to be fetched when it is wanted. */
function reached(page, later) {
  const found = new Set();
  const follow = (said, imports) => {
    for (const name of scripts) {
      if (found.has(name) || !(imports ?? said).includes(name)) continue;
      found.add(name);
      const inner = text(`assets/${name}`);
      follow(inner, later ? null : [...inner.matchAll(/(?:import|from)\s*["']\.\/([^"']+)["']/g)].map(([, one]) => one).join(' '));
    }
  };
  follow(text(page), null);
  return [...found];
}

function weigh() {
  const isOurs = (name) => !/^(library|maplibre)/.test(name);
  for (const page of ['sign-in.html', 'account.html', 'docs.html']) console.log(`${page}: ${kb(sum(reached(page, true)))}`);
  const first = reached('index.html', false).filter(isOurs);
  const later = reached('index.html', true).filter((name) => isOurs(name) && !first.includes(name));
  for (const [names, said, limit] of [[first, 'the first map waits for', LIMIT_KB], [later, 'what comes later', LATER_KB]]) {
    for (const name of names) console.log(`  ${kb(size(name)).padStart(9)}  ${name}`);
    console.log(`${said}, gzip: ${kb(sum(names))} of ${limit} KB`);
  }
  console.log(`MapLibre, gzip: ${kb(sum(reached('index.html', true).filter((name) => !isOurs(name))))}`);
  return sum(first) <= LIMIT_KB * 1024 && sum(later) <= LATER_KB * 1024;
}

/** Notes what the browser tells of itself from the first moment. */
function observe() {
  globalThis.told = { tasks: [], shift: 0 };
  new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => globalThis.told.tasks.push(duration))).observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => (globalThis.told.shift += entry.hadRecentInput ? 0 : entry.value))).observe({ type: 'layout-shift', buffered: true });
}

async function visit(url) {
  const browser = await launch(); // a new one: nothing is in its cache
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.addInitScript(observe);
  const from = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForSelector('main[data-drawn=true]', { state: 'attached' });
  const drawn = performance.now() - from;
  const asked = [...requests];
  await page.waitForTimeout(2500); // what comes afterwards may shift things too
  const { tasks, shift } = await page.evaluate(() => globalThis.told);
  await browser.close();
  const twice = requests.filter((one, i) => /\.mvt/.test(one) && requests.indexOf(one) !== i);
  return { drawn, longest: Math.max(0, ...tasks), shift, asked: asked.length, tiles: asked.filter((one) => /\.mvt/.test(one)).length, twice };
}

const light = weigh();
const wangge = await start();
const visits = [];
for (let i = 0; i < RUNS; i += 1) visits.push(await visit(wangge.url));
await wangge.stop();
console.log(`first map drawn: ${middle(visits.map(({ drawn }) => drawn)).toFixed(0)} ms (${visits.map(({ drawn }) => drawn.toFixed(0)).join(', ')})`);
console.log(`longest task: ${middle(visits.map(({ longest }) => longest)).toFixed(0)} ms`);
console.log(`requests of the first view: ${visits[0].asked}, of them tiles: ${visits[0].tiles}`);
console.log(`tiles fetched twice: ${visits[0].twice.length} ${visits[0].twice.join(' ')}`);
console.log(`layout shift: ${middle(visits.map(({ shift }) => shift)).toFixed(4)}`);
process.exitCode = light ? 0 : 1;
