// Coverages whose levels have other names and another number than the county's: every border is drawn.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, launch, open, shot, WINDOW } from './browser.mjs';
import { measure, picture } from './pixels.mjs';
import { start } from './wangge.mjs';

const SIDE = 0.1;

/** Two rows of four squares; `code` gives each its code by column and row. */
function squares(code) {
  const cell = (i, j) => {
    const [w, s, e, n] = [120 + i * SIDE, 33 + j * SIDE, 120 + (i + 1) * SIDE, 33 + (j + 1) * SIDE].map((v) => +v.toFixed(7));
    const coordinates = [[[w, s], [e, s], [e, n], [w, n], [w, s]]];
    return { type: 'Feature', properties: { code: code(i, j) }, geometry: { type: 'Polygon', coordinates } };
  };
  return [0, 1, 2, 3].flatMap((i) => [cell(i, 0), cell(i, 1)]);
}

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const CASES = [
  ['two levels', 'region:1,cell:3', (i, j) => `${1 + (i >> 1)}0${2 * i + j}`],
  ['six levels', 'a:1,b:2,c:3,d:4,e:5,f:6', (i, j) => `1${1 + (i >> 1)}${1 + (i & 1)}${1 + j}11`],
];

for (const [name, levels, code] of CASES) {
  test(`${name}: the borders between units and round all of them are drawn`, async () => {
    const server = await start({ coverage: { features: squares(code), levels } });
    try {
      // The middle of the window is the corner of the first four squares, all of one top unit.
      const { page, context, seen } = await open(browser, server.url, { hash: `#map=10/${33 + SIDE}/${120 + SIDE}` });
      const { x, y } = { x: WINDOW.width / 2, y: WINDOW.height / 2 };
      const across = (left, top) => edges(page, { x: left, y: top, width: 24, height: 24 });
      await eventually(async () => assert.ok((await across(x - 12, y + 24)) > 0, 'between two squares'));
      // A square is 0.1° = 146 px of the 512 · 2^10 / 360 px of a degree wide: the western edge.
      assert.ok((await across(x - 146 - 12, y + 24)) > 0, 'round all of them');
      assert.equal(await across(x + 40, y + 30), 0, 'the middle of a square is plain');
      await shot(page, `levels-${levels.split(':')[0]}`);
      seen.check();
      await context.close();
    } finally {
      await server.stop();
    }
  });
}

const edges = async (page, clip) => measure(await picture(page, clip)).edges;
