// The view as a picture, and on paper.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PNG } from 'pngjs';
import { eventually, shot } from './browser.mjs';
import { at, blank, measure } from './pixels.mjs';
import { suite } from './suite.mjs';

const { open, empty, url } = suite();

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
    const { page, context, seen } = await open({ hash: `#measure=households&style=${scheme}`, timezoneId: scheme === 'day' ? 'Pacific/Kiritimati' : 'Pacific/Pago_Pago' });
    await page.getByText('镇级 · 分位数分级').waitFor();
    const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('p')]);
    const today = await page.evaluate(() => [new Date().getFullYear(), new Date().getMonth() + 1, new Date().getDate()].map((part) => String(part).padStart(2, '0')).join('-'));
    assert.equal(file.suggestedFilename(), `射阳县-${today}.png`);
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

/** What a browser does between the print key and the printer. */
async function print(page) {
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({ media: 'print' });
}

async function printed(page) {
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
}

for (const style of ['day', 'night']) {
  test(`on paper there is the sheet alone, and it is light: ${style}`, async () => {
    const { page, context, seen } = await open({ hash: `#measure=households&style=${style}` });
    const sheet = page.locator('canvas.printed');
    await eventually(async () => {
      await print(page);
      if (!(await sheet.count())) await printed(page); // the code that draws it has not come yet
      assert.ok(await sheet.isVisible());
    });
    assert.ok(!(await page.locator('main').isVisible()));
    const look = measure(PNG.sync.read(await sheet.screenshot()));
    assert.ok(!blank(look));
    assert.ok(look.light > 150, `light ${look.light}`);
    await shot(page, `print-${style}`);
    await printed(page);
    assert.equal(await sheet.count(), 0);
    assert.equal(await page.locator('html').getAttribute('data-style'), style);
    seen.check();
    await context.close();
  });
}

test('without a map paper has the card and the whole table, black on white', async () => {
  const { page, context } = await empty();
  await page.addInitScript(() => (HTMLCanvasElement.prototype.getContext = () => null));
  await page.goto(`${url()}/#style=night&table=village&unit=320924100`);
  await page.locator('aside p.code').waitFor();
  await page.locator('tbody th').first().waitFor();
  await print(page);
  assert.equal(await page.locator('tbody tr').count(), 274);
  assert.ok(await page.locator('aside h2').isVisible());
  assert.ok(await page.locator('tbody tr').last().isVisible());
  assert.ok(!(await page.getByRole('search').isVisible()));
  const dark = await page.locator('aside h2').evaluate((one) => getComputedStyle(one).color.match(/\d+/g).map(Number));
  assert.ok(Math.max(...dark) < 80, String(dark));
  await shot(page, 'print-flat');
  await printed(page);
  await eventually(async () => assert.ok((await page.locator('tbody tr').count()) < 100));
  await context.close();
});
