// The view as a picture, and on paper.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PNG } from 'pngjs';
import { shot } from './browser.mjs';
import { at, blank, measure } from './pixels.mjs';
import { suite } from './suite.mjs';

const { open } = suite();

/** A part of a picture. */
function part({ width, data }, left, top, w, h) {
  const out = new PNG({ width: w, height: h });
  for (let y = 0; y < h; y += 1) data.copy(out.data, y * w * 4, ((top + y) * width + left) * 4, ((top + y) * width + left + w) * 4);
  return out;
}

const written = (png) => {
  const ground = at(png, 1, 1);
  let other = 0;
  for (let i = 0; i < png.data.length; i += 4) if (Math.abs(png.data[i] - ground[0]) > 60) other += 1;
  return other / (png.width * png.height);
};

for (const scheme of ['day', 'night']) {
  test(`${scheme}: key P saves the map on a sheet with title, legend, scale and foot`, async () => {
    const { page, context, seen } = await open({ hash: `#measure=households&style=${scheme}` });
    await page.getByText('镇级 · 分位数分级').waitFor();
    await page.waitForTimeout(500); // the classes are drawn with the next frame
    const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('p')]);
    assert.match(file.suggestedFilename(), /^射阳县-\d{4}-\d\d-\d\d\.png$/);
    const png = PNG.sync.read(readFileSync(await file.path()));
    assert.deepEqual([png.width, png.height], [1024 + 56, 640 + 128]);
    assert.ok(!blank(measure(part(png, 28, 64, 1024, 640))), 'the map is blank');
    assert.ok(written(part(png, 20, 8, 400, 50)) > 0.01, 'no title');
    assert.ok(written(part(png, 20, 706, 300, 24)) > 0.005, 'no scale');
    assert.ok(written(part(png, 700, 706, 360, 24)) > 0.01, 'no version and date');
    assert.ok(written(part(png, 20, 736, 400, 24)) > 0.01, 'no attribution');
    await page.getByText('图片已导出').waitFor();
    seen.check();
    await context.close();
  });
}

test('on paper there is the sheet alone', async () => {
  const { page, context, seen } = await open();
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => /picture/.test(name)));
  await page.waitForTimeout(300);
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({ media: 'print' });
  const sheet = page.locator('canvas.printed');
  assert.ok(await sheet.isVisible());
  assert.ok(!(await page.locator('main').isVisible()));
  assert.ok(!blank(measure(PNG.sync.read(await sheet.screenshot()))));
  await shot(page, 'print');
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  assert.equal(await sheet.count(), 0);
  seen.check();
  await context.close();
});
