// The styles as served: valid, complete, and what the sources say.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { style } from '../../styles/build.mjs';
import { day, night } from '../../styles/palettes.mjs';
import { start } from './wangge.mjs';

let wangge;
before(async () => (wangge = await start()));
after(async () => wangge?.stop());

for (const palette of [day, night]) {
  const { scheme } = palette;

  test(`${scheme}: valid as served, every address absolute and this server's`, async () => {
    const answer = await fetch(`${wangge.url}/styles/${scheme}.json`);
    assert.equal(answer.status, 200);
    const served = await answer.json();
    assert.deepEqual(validateStyleMin(served).map((error) => error.message), []);
    for (const [name, source] of Object.entries(served.sources)) {
      assert.ok(source.url.startsWith(`${wangge.url}/tiles/`), `${name}: ${source.url}`);
    }
    assert.ok(!JSON.stringify(served).includes('{origin}'));
    assert.equal(served.glyphs, undefined);
  });

  test(`${scheme}: every layer it draws is in its source's TileJSON`, async () => {
    const served = await (await fetch(`${wangge.url}/styles/${scheme}.json`)).json();
    for (const [name, source] of Object.entries(served.sources)) {
      const tilejson = await (await fetch(source.url)).json();
      const has = tilejson.vector_layers.map((layer) => layer.id);
      const wants = served.layers.filter((layer) => layer.source === name).map((layer) => layer['source-layer']);
      assert.deepEqual(wants.filter((layer) => !has.includes(layer)), [], `${name} has ${has}`);
    }
  });

  test(`${scheme}: the file is what styles/build.mjs writes (make styles)`, () => {
    const file = readFileSync(new URL(`../../styles/${scheme}.json`, import.meta.url), 'utf8');
    assert.deepEqual(JSON.parse(file), style(palette));
  });
}
