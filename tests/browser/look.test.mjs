// How the map looks: labels, marks, the colours of a measure, the wall.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExpression, featureFilter } from '@maplibre/maplibre-gl-style-spec';
import { style } from '../../styles/build.mjs';
import { day, night } from '../../styles/palettes.mjs';
import { PLACES } from '../../styles/places.mjs';
import { eventually, shot, WINDOW } from './browser.mjs';
import { at, picture } from './pixels.mjs';
import { card, suite } from './suite.mjs';

// A field in the south of 海河镇, far from roads and canals.
const FIELD = '33.735/120.06';

const { open, ask } = suite();
const layer = (palette, id) => style(palette).layers.find((one) => one.id === id);
const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const middle = { x: WINDOW.width / 2 - 6, y: WINDOW.height / 2 - 6, width: 12, height: 12 };

/** CIE L* of a colour, as an eye adapted to white sees it. */
function lightness(hex) {
  const [r, g, b] = rgb(hex).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
}

test('a village is labelled without its committee', () => {
  const field = layer(day, 'labels-village').metadata['wangge:refined'].layout['text-field'];
  const { value } = createExpression(field, 'labels-village.layout.text-field');
  const label = (name) => value.evaluate({ zoom: 12 }, { type: 1, properties: { name } });
  const labels = { 凤兴居委会: '凤兴', 交通路社区居委会: '交通路社区', 新淤村委会: '新淤村', 新淤村民委员会: '新淤村', 条心社区居民委员会: '条心社区', 大兴居民委员会: '大兴', 淮海农场: '淮海农场' };
  for (const [name, expected] of Object.entries(labels)) assert.equal(label(name), expected);
});

test('a name that is let in stands inside the circle that is free round its point, at every zoom from then on', () => {
  const names = { grid: ['任何名称'], village: ['新村', '新淤村委会', '交通路社区居委会', 'Long Village'], town: ['盐场', '合德镇', '黄沙港镇', '县经济开发区'] };
  const label = ({ id }) => /^labels-(grid|village|town)/.exec(id)?.[1];
  const zooms = Array.from({ length: 45 }, (_, i) => 8 + i / 4);
  let comes = 0;
  for (const { id, minzoom, maxzoom, layout: plain, metadata } of style(day).layers.filter(label)) {
    const { filter, layout } = metadata['wangge:refined'];
    const lets = featureFilter(filter, `${id}.filter`).filter;
    const value = (property) => createExpression({ ...plain, ...layout }[property], `${id}.layout.${property}`).value;
    for (const zoom of zooms.filter((zoom) => zoom >= minzoom && zoom < maxzoom)) {
      for (const name of names[label({ id })]) {
        for (let clearance = 2000; clearance < 400_000; clearance *= 1.1) {
          const feature = { type: 1, properties: { name, code: '320924100001003', level: label({ id }), clearance: Math.floor(clearance) } };
          if (!lets({ zoom: Math.floor(zoom) }, feature)) continue;
          comes += 1;
          const text = value('text-field').evaluate({ zoom }, feature);
          const [size, ems] = [value('text-size').evaluate({ zoom }, feature), [...text].length * (text < '\u2e80' ? 0.55 : 1)];
          const lines = Math.ceil(ems / plain['text-max-width']);
          const wide = Math.ceil(ems / lines) * (1 + (plain['text-letter-spacing'] ?? 0));
          const corner = (Math.hypot(wide, lines * plain['text-line-height']) / 2) * size;
          const free = feature.properties.clearance * 2 ** (zoom - 20);
          assert.ok(corner <= free, `${id} at ${zoom}: ${text} reaches ${corner} px of ${free}`);
        }
      }
    }
  }
  assert.ok(comes > 1000, `${comes} were let in`);
});

test('every level has its marks, in both styles', () => {
  for (const palette of [day, night]) {
    for (const level of ['counties', 'towns', 'villages', 'grids']) {
      const text = JSON.stringify([layer(palette, `${level}-marked`).metadata, layer(palette, `${level}-marked-edge`).metadata]);
      assert.ok(text.includes('"hover"') && text.includes('"chosen"'), level);
    }
  }
});

test('each class is clearly lighter or darker than the next, by day and by night', () => {
  for (const { ramp } of [day, night]) {
    const steps = ramp.slice(1).map((colour, i) => lightness(colour) - lightness(ramp[i]));
    assert.equal(new Set(steps.map(Math.sign)).size, 1, `one way only: ${steps}`);
    for (const step of steps) assert.ok(Math.abs(step) >= 7, `${step}`);
  }
});

test('text on paper has a contrast of 4.5 : 1 at the least', () => {
  const luminance = (hex) => ((lightness(hex) + 16) / 116) ** 3;
  for (const palette of [day, night]) {
    for (const [name, colour] of Object.entries({ ...palette.label, ...palette.places })) {
      const [a, b] = [luminance(colour), luminance(palette.halo)].sort((x, y) => y - x);
      assert.ok((a + 0.05) / (b + 0.05) >= 4.5, `${palette.scheme} ${name}: ${((a + 0.05) / (b + 0.05)).toFixed(2)}`);
    }
  }
});

test('every kind of place there is has a sign of its own', async () => {
  assert.equal(new Set(PLACES.map(([, sign]) => sign)).size, PLACES.length);
  const found = await Promise.all([[120.22, 33.76], [120.23, 33.99], [120.4, 33.8]].map(([lon, lat]) => ask(`/api/near?lon=${lon}&lat=${lat}&limit=50`)));
  const kinds = new Set(found.flatMap(({ points }) => points.map(({ kind }) => kind)));
  const known = PLACES.map(([kind]) => kind);
  assert.deepEqual([...kinds].filter((kind) => !known.includes(kind)), []);
});

test('a measure colours the land by class, at the level that fits the zoom', async () => {
  for (const [zoom, level] of [[9.5, 'town'], [12, 'village'], [14.5, 'grid']]) {
    const { page, context, seen } = await open({ hash: `#map=${zoom}/${FIELD}&measure=households_per_km2` });
    const [lat, lon] = FIELD.split('/');
    const { chain } = await ask(`/api/locate?lon=${lon}&lat=${lat}`);
    const unit = chain.find((one) => one.level === level);
    const { values, classes } = await ask(`/api/measures/households_per_km2?level=${level}`);
    const expected = rgb(day.ramp[classes.filter((breaks) => breaks <= values[unit.uid]).length]);
    await eventually(async () => {
      const seen = await picture(page, middle);
      const pixels = [...Array(144).keys()].map((i) => at(seen, i % 12, Math.floor(i / 12)));
      const same = pixels.filter((pixel) => pixel.every((c, i) => Math.abs(c - expected[i]) <= 2)).length;
      assert.ok(same > 40, `${level}: ${same} of 144 pixels are ${expected}; the first is ${pixels[0]}`);
    });
    const legend = page.getByRole('region', { name: '图例' });
    const text = await legend.innerText();
    assert.match(text, { town: /镇级/, village: /村级/, grid: /网格级/ }[level]);
    assert.match(text, /分位数/);
    assert.match(text, /户\/平方公里/);
    assert.match(text, /无数据/);
    assert.equal(text.match(/[\d.,]+ – [\d.,]+/g).length, 5, text);
    seen.check();
    await context.close();
  }
});

test('key M goes through the measures; the address and the picker say which', async () => {
  const { page, context, seen } = await open();
  const { measures } = await ask('/api/measures');
  const ids = [...new Set(measures.map(({ id }) => id))];
  const picker = page.getByLabel('着色指标');
  await picker.waitFor();
  for (const id of ids) {
    await page.keyboard.press('m');
    await page.waitForFunction((wanted) => location.hash.includes(`measure=${wanted}`), id);
    assert.equal(await picker.inputValue(), id);
  }
  await page.keyboard.press('m');
  await page.waitForFunction(() => !location.hash.includes('measure='));
  await picker.selectOption({ label: '面积' });
  await page.waitForFunction(() => location.hash.includes('measure=area_km2'));
  await page.getByText('镇级 · 分位数分级').waitFor();
  await shot(page, 'measure-day');
  await page.keyboard.press('n');
  await page.keyboard.press('l');
  await page.getByText('by town · quantiles').waitFor();
  await shot(page, 'measure-night');
  seen.check();
  await context.close();
});

test('on a wall everything is larger; key D does the same on a desk', async () => {
  const height = (page) => page.getByRole('region', { name: '图例' }).locator('b').first().evaluate((b) => b.getBoundingClientRect().height);
  const desk = await open();
  const small = await height(desk.page);
  const cssWidth = () => desk.page.locator('.map').evaluate((map) => map.clientWidth);
  const before = await cssWidth();
  await desk.page.setViewportSize({ width: 1600, height: 900 });
  await desk.page.keyboard.press('d');
  await desk.page.waitForFunction(() => location.hash.includes('display'));
  await eventually(async () => {
    assert.ok((await height(desk.page)) > 1.2 * small, `${await height(desk.page)}, ${small} before`);
    assert.equal(await cssWidth(), 1280);
  });
  assert.ok(before < 1280);
  await desk.page.keyboard.press('d');
  await desk.page.waitForFunction(() => !location.hash.includes('display'));
  desk.seen.check();
  await desk.context.close();

  const wall = await open({ viewport: { width: 3840, height: 2160 } });
  assert.ok((await height(wall.page)) > 2.5 * small);
  // The pointer finds the same place on the larger map.
  await wall.page.mouse.move(1920, 1200);
  const hint = wall.page.locator('[role=tooltip]');
  await hint.waitFor();
  const tip = await hint.boundingBox();
  assert.ok(Math.abs(tip.x - 1920) < 120 && Math.abs(tip.y - 1200) < 120, JSON.stringify(tip));
  await shot(wall.page, 'wall');
  wall.seen.check();
  await wall.context.close();
});

for (const [where, viewport] of [['a desk', { width: 1366, height: 768 }], ['a small desk', { width: 1120, height: 700 }], ['a wall', { width: 3840, height: 2160 }]]) {
  test(`on ${where} card, tools, keys and table stand beside each other`, async () => {
    const { page, context, seen } = await open({ hash: '#unit=320924100', viewport });
    await card(page).locator('p.code').waitFor();
    const apart = async (...parts) => {
      const boxes = await Promise.all(parts.map((part) => part.boundingBox()));
      const across = boxes.sort((a, b) => a.x - b.x).map(({ x, width }) => [x, x + width]);
      for (const [i, [left]] of across.slice(1).entries()) assert.ok(left >= across[i][1], JSON.stringify(across));
      assert.ok(across[0][0] >= 0 && across.at(-1)[1] <= viewport.width, JSON.stringify(across));
    };
    const tools = page.locator('.tools');
    await page.keyboard.press('?');
    const keys = page.getByRole('region', { name: '按键' });
    await keys.waitFor();
    await apart(card(page), tools, keys);
    await page.keyboard.press('?');
    await page.keyboard.press('t');
    await page.locator('tbody th button').first().waitFor();
    await apart(card(page), tools, page.getByRole('region', { name: '单元表' }).first());
    await shot(page, `beside-${viewport.width}`);
    seen.check();
    await context.close();
  });
}
