// The search, in a real browser over the real binary: by key, in both languages, under every datum.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, shot } from './browser.mjs';
import { codeOn, PHONE, suite } from './suite.mjs';

// In 合德镇; under GCJ-02 the same figures lie 468 m away.
const HERE = '120.2512, 33.7701';

const { open, ask } = suite();
const options = (page) => page.getByRole('listbox').getByRole('option');
const field = (page) => page.getByRole('combobox', { name: /搜索|Search/ });
const datum = (page) => page.getByRole('search').getByRole('combobox', { name: /坐标系|Datum/ });
const pin = (page) => new URL(page.url()).hash.match(/at=([\d.]+),([\d.]+)/)?.slice(1).map(Number);

async function seek(page, text) {
  await page.keyboard.press('/');
  await page.keyboard.insertText(text);
  await options(page).first().waitFor();
}

/** The first results' names, once they answer `text`. */
const firstIs = (page, name) => eventually(async () => assert.ok((await options(page).first().innerText()).includes(name)));

test('slash, initials, Enter: the town is chosen and fills the map', async () => {
  const { page, context, seen } = await open();
  await seek(page, 'hdz');
  await firstIs(page, '合德镇');
  assert.equal(await field(page).getAttribute('aria-expanded'), 'true');
  assert.equal(await field(page).getAttribute('aria-activedescendant'), 'result-0');
  assert.match(await page.locator('[aria-live=polite]').first().innerText(), /\d+ 个结果/);
  await shot(page, 'search');
  await page.keyboard.press('Enter');
  await page.locator('aside h2').getByText('合德镇').waitFor();
  assert.match(page.url(), /unit=320924100(&|$)/);
  // The map has come: its address lies in the town.
  const { bbox } = await ask('/api/units/320924100');
  await eventually(() => {
    const [, zoom, lat, lon] = page.url().match(/map=([\d.]+)\/([\d.]+)\/([\d.]+)/).map(Number);
    assert.ok(zoom > 9.5 && lon > bbox[0] - 0.1 && lon < bbox[2] + 0.1 && lat > bbox[1] && lat < bbox[3], page.url());
  });
  assert.equal(await options(page).count(), 0, 'the results are put away');
  seen.check();
  await context.close();
});

test('arrows move, Esc steps back one thing at a time', async () => {
  const { page, context, seen } = await open({ hash: '#unit=320924101' });
  await page.locator('aside h2').waitFor();
  await seek(page, '交通路');
  await eventually(async () => assert.ok((await options(page).count()) > 2));
  await page.keyboard.press('ArrowDown');
  assert.equal(await options(page).nth(1).getAttribute('aria-selected'), 'true');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  assert.equal(await options(page).last().getAttribute('aria-selected'), 'true');
  await page.keyboard.press('Escape');
  assert.equal(await options(page).count(), 0);
  assert.equal(await field(page).inputValue(), '交通路');
  await page.keyboard.press('Escape');
  assert.equal(await field(page).inputValue(), '');
  assert.equal(await page.locator('aside h2').count(), 1);
  await page.keyboard.press('Escape'); // out of the field
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('aside h2').count(), 0);
  seen.check();
  await context.close();
});

test('a part of a code, a name, a place of service: each is found and leads there', async () => {
  const { page, context, seen } = await open();
  await seek(page, '320924100001001');
  await firstIs(page, '交通路社区第1网格');
  await field(page).fill('微法庭');
  await firstIs(page, '微法庭');
  await options(page).first().click();
  await page.locator('aside p.code').waitFor();
  assert.ok(pin(page), page.url());
  seen.check();
  await context.close();
});

test('a coordinate drops a pin where its datum says, and the datum is remembered', async () => {
  const { page, context, seen } = await open();
  await seek(page, HERE);
  await page.keyboard.press('Enter');
  await page.locator('aside p.code').waitFor();
  assert.deepEqual(pin(page), [120.2512, 33.7701]);

  await datum(page).selectOption('gcj02');
  const truth = await ask('/api/locate?lon=120.2512&lat=33.7701&crs=gcj02');
  await firstIs(page, truth.leaf.name);
  await field(page).press('Enter');
  await eventually(() => {
    const [lon, lat] = pin(page);
    const east = (120.2512 - lon) * 92_400;
    const north = (33.7701 - lat) * 110_900;
    assert.ok(Math.abs(Math.hypot(east, north) - 468) < 15, `moved ${east} m, ${north} m`);
  });
  await eventually(async () => assert.equal(await codeOn(page), truth.leaf.code));
  await page.reload();
  await page.waitForSelector('main[data-drawn=true]');
  assert.equal(await datum(page).inputValue(), 'gcj02');
  seen.check();
  await context.close();
});

test('where nobody knows the datum, the rival grids stand beside each other', async () => {
  const { page, context, seen } = await open();
  await datum(page).selectOption('any');
  await seek(page, HERE);
  await eventually(async () => assert.equal(await options(page).count(), 3));
  const panel = page.getByRole('complementary', { name: '搜索结果' });
  const text = await panel.innerText();
  for (const crs of ['wgs84', 'gcj02', 'bd09']) {
    const { leaf } = await ask(`/api/locate?lon=120.2512&lat=33.7701&crs=${crs}`);
    assert.ok(text.includes(leaf.name), `${crs}: ${leaf.name} not in ${text}`);
  }
  assert.match(text, /坐标系未知/);
  assert.match(text, /最远相距 [\d.]+ 公里/);
  assert.match(text, /距第一处 46\d 米/);
  await options(page).nth(1).click();
  await page.locator('aside.right p.code').waitFor();
  assert.equal(await options(page).count(), 3, 'the others stay to be compared');
  await shot(page, 'rivals');
  seen.check();
  await context.close();
});

test('nothing found says what to try, in English too', async () => {
  const { page, context, seen } = await open({ hash: '#lang=en' });
  await page.keyboard.press('/');
  await page.keyboard.insertText('zzzzqqqq');
  await page.getByText('Nothing found for').waitFor();
  await page.getByText('Try a part of a code').waitFor();
  await shot(page, 'search-empty');
  seen.check();
  await context.close();
});

test('on a phone the results are a sheet over the lower map', async () => {
  const { page, context, seen } = await open(PHONE);
  await field(page).tap();
  await page.keyboard.insertText('合德');
  await options(page).first().waitFor();
  const sheet = await page.getByRole('complementary').boundingBox();
  assert.equal(Math.round(sheet.width), 390);
  assert.ok(Math.abs(sheet.y + sheet.height - 844) < 1 && sheet.y > 300, JSON.stringify(sheet));
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth + scrollX), 390);
  await shot(page, 'phone-search');
  await options(page).first().tap();
  await page.locator('aside h2').getByText('合德镇').waitFor();
  assert.equal(await page.getByRole('complementary').count(), 1, 'one sheet');
  seen.check();
  await context.close();
});

test('a road is shown whole and set off, without a pin, and the next click says where on it', async () => {
  const { page, context, seen } = await open({ hash: '#at=120.2512,33.7701' });
  await page.locator('aside p.code').waitFor();
  await seek(page, 'G228');
  await firstIs(page, '228国道');
  const row = await options(page).first().innerText();
  assert.match(row, /228国道\s*道路/);
  await page.keyboard.press('Enter');
  const [found] = (await ask('/api/search?q=G228')).results;
  assert.equal(found.kind, 'road');
  await eventually(() => {
    const [, , lat, lon] = page.url().match(/map=([\d.]+)\/([\d.]+)\/([\d.]+)/).map(Number);
    const [west, south, east, north] = found.bbox;
    assert.ok(lon > west - 0.2 && lon < east + 0.2 && lat > south - 0.1 && lat < north + 0.1, page.url());
  });
  assert.equal(pin(page), undefined, 'an older pin would seem to be of this road');
  assert.equal(await page.locator('.maplibregl-marker').count(), 0);
  assert.ok((await options(page).count()) > 0, 'the results stay');
  await shot(page, 'road');
  const { x, y, width, height } = await page.locator('.map canvas').boundingBox();
  await page.mouse.click(x + width / 2 + 150, y + height / 2);
  await page.locator('aside.right').waitFor();
  assert.ok(pin(page), page.url());
  await page.keyboard.press('Escape');
  seen.check();
  await context.close();
});

test('a river that is no grid is shown whole, with a pin in it that says so', async () => {
  const { page, context, seen } = await open();
  await seek(page, 'sheyanghe');
  await firstIs(page, '射阳河');
  assert.match(await options(page).first().innerText(), /射阳河\s*河流 · 空白区/);
  await page.keyboard.press('Enter');
  await page.locator('aside.right h2').getByText('射阳河').waitFor();
  await page.locator('aside.right').getByText('不属于任何网格').waitFor();
  const [found] = (await ask('/api/search?q=sheyanghe')).results;
  assert.deepEqual(pin(page), [found.lon, found.lat].map((degrees) => Number(degrees.toFixed(6))));
  await eventually(() => assert.ok(Number(page.url().match(/map=([\d.]+)/)[1]) < 12, `all of it: ${page.url()}`));
  await shot(page, 'river');
  seen.check();
  await context.close();
});

test('what a landmark is, is said in English too', async () => {
  const { page, context, seen } = await open({ hash: '#lang=en' });
  for (const [text, name, word] of [['limin', '利民河', 'Trunk canal'], ['shgs', '沈海高速', 'Road'], ['珍禽', '盐城湿地珍禽国家级自然保护区核心区', 'Void']]) {
    await seek(page, text);
    await firstIs(page, name);
    assert.ok((await options(page).first().innerText()).includes(word), `${name}: ${await options(page).first().innerText()}`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  }
  seen.check();
  await context.close();
});

test('a text that the server refuses is answered in the language of the reader, with its own words below', async () => {
  const { page, context } = await open();
  await page.keyboard.press('/');
  await page.keyboard.insertText('网'.repeat(301));
  const alert = page.getByRole('alert');
  await alert.getByText('搜索的文字不合要求。请缩短或改写后再试。').waitFor();
  assert.match(await alert.locator('q[lang=en]').innerText(), /at most 300 characters/);
  await shot(page, 'refused');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('l');
  await page.keyboard.press('/');
  await page.keyboard.insertText('网'.repeat(301));
  await alert.getByText('This text cannot be searched for. Shorten or change it and try again.').waitFor();
  await context.close();
});

test('Enter leads out of the field to the card, and a second slash starts anew', async () => {
  const { page, context, seen } = await open();
  await seek(page, 'hdz');
  await firstIs(page, '合德镇');
  await page.keyboard.press('Enter');
  await page.locator('aside.right:focus').waitFor();
  await page.keyboard.press('n');
  await page.locator('html[data-style=night]').waitFor();
  await seek(page, 'htz');
  await firstIs(page, '海通镇');
  assert.equal(await field(page).inputValue(), 'htz');
  await page.keyboard.press('Enter');
  await page.locator('aside.right h2').getByText('海通镇').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('aside.right').waitFor({ state: 'detached' });
  seen.check();
  await context.close();
});

test('where the results stay, the slash is written nowhere either', async () => {
  const { page, context, seen } = await open();
  await datum(page).selectOption('any');
  await seek(page, HERE);
  await page.keyboard.press('Enter');
  await page.locator('aside.right p.code').waitFor();
  await seek(page, 'hdz');
  assert.equal(await field(page).inputValue(), 'hdz');
  seen.check();
  await context.close();
});

test('the text that a card copies leads back to its place, whichever datum is chosen', async () => {
  const { page, context, seen } = await open({ hash: `#at=${HERE.replace(' ', '')}`, permissions: ['clipboard-read', 'clipboard-write'] });
  await page.locator('aside p.code').waitFor();
  const code = await codeOn(page);
  await page.getByRole('button', { name: '复制文字' }).click();
  await page.getByText('已复制').waitFor();
  assert.ok((await page.evaluate(() => navigator.clipboard.readText())).split('\n').length > 3);
  await page.keyboard.press('Escape');
  await datum(page).selectOption('gcj02');
  await page.keyboard.press('/');
  await page.keyboard.press('Control+V');
  await options(page).first().getByText('文本已注明').waitFor();
  assert.equal(await options(page).count(), 1);
  await page.keyboard.press('Enter');
  await page.locator('aside p.code').waitFor();
  assert.equal(await codeOn(page), code);
  seen.check();
  await context.close();
});

test('a pin far outside stands clear of the bar, and the nearest grid is marked', async () => {
  for (const at of ['116.4,39.9', '120.9,33.9']) {
    const { page, context, seen } = await open({ hash: `#at=${at}`, viewport: { width: 1366, height: 768 } });
    await page.getByRole('heading', { name: '县域之外' }).waitFor();
    const bar = await page.getByRole('search').boundingBox();
    await eventually(async () => {
      const mark = await page.locator('.maplibregl-marker').boundingBox();
      assert.ok(mark.y > bar.y + bar.height && mark.x > 0 && mark.x < 1366 && mark.y < 700, JSON.stringify(mark));
    });
    await shot(page, `outside-${at}`);
    seen.check();
    await context.close();
  }
});
