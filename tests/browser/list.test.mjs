// Lists of points, pasted and dropped, in a real browser over the real binary.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { eventually, shot } from './browser.mjs';
import { card, codeOn, PHONE, suite } from './suite.mjs';

const { open, ask } = suite();
const locate = (lon, lat, crs = 'wgs84') => ask(`/api/locate?lon=${lon}&lat=${lat}&crs=${crs}`);
const panel = (page) => page.getByRole('complementary', { name: '清单' });
const rows = (page) => panel(page).locator('.rows li');
const drawnPoints = (page) => panel(page).locator('p.said').innerText();

async function paste(page, text) {
  await page.getByRole('button', { name: '清单定位' }).click();
  await panel(page).getByRole('textbox').fill(text);
  await panel(page).getByRole('button', { name: '定位', exact: true }).click();
  await rows(page).first().waitFor();
}

/** Drops a file on the page, as a hand does. */
const drop = (page, name, bytes) =>
  page.evaluate(
    ([name, bytes]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], name));
      for (const type of ['dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    },
    [name, [...bytes]],
  );

const THREE = '名称,纬度,经度\n井盖,33.757983,120.221172\n路灯,33.7701,120.2512\n"桥, 东",33.7581,120.2212\n';

test('a pasted list is located, counted by unit, and its faults are named', async () => {
  const { page, context, seen } = await open();
  await paste(page, `${THREE}坏的,abc,120.2\n缺的,,\n海上,33.5,121.5\n`);
  assert.match(await drawnPoints(page), /^6 行，3 行落在县内/);
  const { leaf, town } = await locate(120.221172, 33.757983);
  await eventually(async () => assert.ok((await panel(page).innerText()).includes(leaf.name)));
  await panel(page).getByRole('tab', { name: '镇' }).click();
  await eventually(async () => assert.match(await rows(page).first().innerText(), new RegExp(`${town.name}\\s*${town.code}\\s*3`)));
  assert.match(await rows(page).last().innerText(), /不在任何单元内\s*1/);

  await panel(page).getByRole('tab', { name: '有误 2' }).click();
  const faults = await panel(page).innerText();
  assert.match(faults, /坏的\s*不是度数\s*4/);
  assert.match(faults, /缺的\s*缺经度或纬度\s*5/);

  await panel(page).getByRole('tab', { name: '逐行' }).click();
  await shot(page, 'list');
  await rows(page).nth(1).getByRole('button').click();
  await card(page).locator('p.code').waitFor();
  assert.match(page.url(), /at=120\.251200,33\.770100/);
  const truth = await locate(120.2512, 33.7701);
  assert.equal(await codeOn(page), truth.leaf.code);
  seen.check();
  await context.close();
});

test('the answer is downloaded as CSV: the reader\'s columns, then codes and names, and what is wrong', async () => {
  const { page, context, seen } = await open();
  await paste(page, `${THREE}坏的,abc,120.2\n`);
  const [download] = await Promise.all([page.waitForEvent('download'), panel(page).getByRole('button', { name: '下载结果 CSV' }).click()]);
  const text = await readFile(await download.path(), 'utf8');
  const lines = text.trimEnd().split('\r\n');
  assert.equal(lines.length, 5);
  assert.equal(lines[0], '\uFEFF名称,纬度,经度,县编码,县名称,镇编码,镇名称,村编码,村名称,网格编码,网格名称,在边界上,错误');
  const { chain } = await locate(120.221172, 33.757983);
  assert.equal(lines[1], ['井盖,33.757983,120.221172', ...chain.toReversed().map(({ code, name }) => `${code},${name}`), '否', ''].join(','));
  assert.ok(lines[3].startsWith('"桥, 东",33.7581,120.2212,320924,'), lines[3]);
  assert.equal(lines[4], '坏的,abc,120.2,,,,,,,,,,不是度数');
  seen.check();
  await context.close();
});

test('the same figures under another datum lie elsewhere', async () => {
  const { page, context, seen } = await open();
  await paste(page, THREE);
  await panel(page).getByRole('tab', { name: '逐行' }).click();
  await panel(page).getByRole('combobox', { name: '坐标系' }).selectOption('gcj02');
  const { leaf } = await locate(120.2512, 33.7701, 'gcj02');
  await eventually(async () => {
    await panel(page).getByRole('tab', { name: '逐行' }).click();
    assert.ok((await rows(page).nth(1).innerText()).includes(leaf.code));
  });
  await rows(page).nth(1).getByRole('button').click();
  await card(page).locator('p.code').waitFor();
  // Where the pin stands, in WGS84, is where the server found the row.
  assert.equal(await codeOn(page), leaf.code);
  seen.check();
  await context.close();
});

test('a file in GBK that is dropped on the page is read', async () => {
  const { page, context, seen } = await open();
  // 名称,经度,纬度 / 井盖,120.221172,33.757983 as Excel in China writes it.
  const gbk = [0xc3, 0xfb, 0xb3, 0xc6, 0x2c, 0xbe, 0xad, 0xb6, 0xc8, 0x2c, 0xce, 0xb3, 0xb6, 0xc8, 0x0d, 0x0a, 0xbe, 0xae, 0xb8, 0xc7];
  await drop(page, '井盖.csv', [...gbk, ...Buffer.from(',120.221172,33.757983\r\n')]);
  await rows(page).first().waitFor();
  assert.match(await drawnPoints(page), /^1 行，1 行落在县内/);
  await panel(page).getByRole('heading', { name: '井盖.csv' }).waitFor();
  await panel(page).getByRole('tab', { name: '逐行' }).click();
  assert.match(await rows(page).first().innerText(), /井盖/);
  seen.check();
  await context.close();
});

test('GeoJSON points, and figures in degrees, minutes and seconds', async () => {
  const { page, context, seen } = await open();
  const feature = (coordinates, name) => ({ type: 'Feature', properties: { name }, geometry: { type: 'Point', coordinates } });
  await drop(page, 'x.geojson', Buffer.from(JSON.stringify({ type: 'FeatureCollection', features: [feature([120.2512, 33.7701], 'a'), feature([120.2212, 33.758], 'b')] })));
  await rows(page).first().waitFor();
  assert.match(await drawnPoints(page), /^2 行，2 行落在县内/);
  await panel(page).getByRole('button', { name: '换一份' }).click();
  await panel(page).getByRole('textbox').fill(`33°45′28.7″N 120°13′16.2″E 甲\n33°46′12.4″N 120°15′4.3″E 乙`);
  await panel(page).getByRole('button', { name: '定位', exact: true }).click();
  await rows(page).first().waitFor();
  assert.match(await drawnPoints(page), /^2 行，2 行落在县内/);
  seen.check();
  await context.close();
});

test('several lines pasted into the search are offered as a list', async () => {
  const { page, context, seen } = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
  await page.evaluate(() => navigator.clipboard.writeText('120.221172, 33.757983\n120.2512, 33.7701'));
  await page.keyboard.press('/');
  await page.keyboard.press('Control+V');
  await page.getByText('粘贴了 2 行，作为清单定位').first().waitFor();
  await page.keyboard.press('Enter');
  await rows(page).first().waitFor();
  assert.match(await drawnPoints(page), /^2 行，2 行落在县内/);
  seen.check();
  await context.close();
});

test('what holds no coordinates is refused with what was expected', async () => {
  const { page, context, seen } = await open({ hash: '#lang=en' });
  await page.getByRole('button', { name: 'Locate a list' }).click();
  const english = page.getByRole('complementary', { name: 'List' });
  await english.getByRole('textbox').fill('one,two\nthree,four');
  await english.getByRole('button', { name: 'Locate', exact: true }).click();
  await english.getByRole('alert').getByText('No coordinates found').waitFor();
  await shot(page, 'list-refused');
  await page.keyboard.press('Escape');
  seen.check();
  await context.close();
});

test('on a phone a row opens its card over the list, and the list is under it', async () => {
  const { page, context, seen } = await open(PHONE);
  await paste(page, THREE);
  await panel(page).getByRole('tab', { name: '逐行' }).click();
  await rows(page).nth(1).getByRole('button').click();
  await card(page).locator('p.code').waitFor();
  assert.equal(await page.getByRole('complementary').count(), 1, 'one sheet');
  await eventually(async () => {
    const pin = await page.locator('.maplibregl-marker').boundingBox();
    const sheet = await card(page).boundingBox();
    assert.ok(pin.y > 100 && pin.y + pin.height <= sheet.y + 1, `pin ${pin.y}, sheet ${sheet.y}`);
  });
  await card(page).getByRole('button', { name: '关闭' }).click();
  await rows(page).first().waitFor();
  seen.check();
  await context.close();
});

test('five thousand points are drawn in clusters, and the list stays quick', async (t) => {
  const { page, context, seen } = await open();
  const lines = Array.from({ length: 5000 }, (_, i) => `n${i},${(120.05 + (i % 71) * 0.006).toFixed(4)},${(33.6 + (i % 53) * 0.006).toFixed(4)}`);
  const start = Date.now();
  await drop(page, 'many.csv', Buffer.from(`name,lon,lat\n${lines.join('\n')}\n`));
  await rows(page).first().waitFor();
  t.diagnostic(`located and counted after ${Date.now() - start} ms`);
  assert.match(await drawnPoints(page), /^5,000 行/);
  await panel(page).getByRole('tab', { name: '逐行' }).click();
  assert.ok((await rows(page).count()) < 60, 'only the rows in view are there');
  await shot(page, 'list-many');
  seen.check();
  await context.close();
});

test('rows with separators and columns of their own are read one by one', async () => {
  const { page, context, seen } = await open();
  const rowsText = [
    '名称，经度，纬度',
    '井盖,120.221172,33.757983',
    '路灯\t120.2512\t33.7701',
    '桥 东，33.7581，120.2212', // latitude first
    '亭子；120.2512；33.7701',
    '水泵、120.221172、33.757983',
    '闸口   120.2512   33.7701',
    '站房,120.221172 33.757983',
    '120.2512 33.7701',
    '坏的,abc,120.2',
  ];
  await paste(page, rowsText.join('\n'));
  assert.match(await drawnPoints(page), /^9 行，8 行落在县内/);
  await panel(page).getByRole('tab', { name: '逐行' }).click();
  const shown = await panel(page).locator('.rows').innerText();
  for (const name of ['井盖', '路灯', '桥 东', '亭子', '水泵', '闸口', '站房', '坏的']) assert.ok(shown.includes(name), `${name} in ${shown}`);
  const truth = await Promise.all([locate(120.221172, 33.757983), locate(120.2512, 33.7701), locate(120.2212, 33.7581)]);
  for (const [row, at] of [[0, 0], [1, 1], [2, 2], [3, 1], [4, 0], [5, 1], [6, 0], [7, 1]]) {
    assert.ok((await rows(page).nth(row).innerText()).includes(truth[at].leaf.code), `row ${row + 1}: ${await rows(page).nth(row).innerText()}`);
  }
  await shot(page, 'list-mixed');
  await panel(page).getByRole('tab', { name: '有误 1' }).click();
  assert.match(await rows(page).first().innerText(), /坏的\s*不是度数/);
  seen.check();
  await context.close();
});

test('where nobody knows the datum of a list, what depends on it is counted and set apart', async () => {
  const { page, context, seen } = await open();
  await paste(page, `${THREE}远的,121.5,33.5\n`);
  await panel(page).getByRole('combobox', { name: '坐标系' }).selectOption('any');
  // The truth, row by row: what the server says under each datum.
  const places = [[120.221172, 33.757983], [120.2512, 33.7701], [120.2212, 33.7581], [121.5, 33.5]];
  const codes = await Promise.all(
    places.map(([lon, lat]) => Promise.all(['wgs84', 'gcj02', 'bd09'].map(async (crs) => (await locate(lon, lat, crs)).leaf?.code ?? ''))),
  );
  const depends = codes.filter((each) => new Set(each).size > 1).length;
  assert.ok(depends > 0 && depends < 4);
  await panel(page).locator('p.said').getByText(`${depends} 行取决于坐标系`).waitFor();
  await eventually(async () => assert.match(await rows(page).last().innerText(), new RegExp(`取决于坐标系\\s*${depends}`)));
  await panel(page).getByRole('tab', { name: `不定 ${depends}` }).click();
  const first = await rows(page).first().innerText();
  assert.match(first, /WGS84.*GCJ-02.*BD-09/);
  await shot(page, 'list-any');

  const [download] = await Promise.all([page.waitForEvent('download'), panel(page).getByRole('button', { name: '下载结果 CSV' }).click()]);
  const [header, ...lines] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  assert.match(header, /^\uFEFF名称,纬度,经度,县编码,.*,网格编码,网格名称,各坐标系一致,网格编码 WGS84,网格编码 GCJ-02,网格编码 BD-09,错误$/);
  codes.forEach((each, i) => {
    const cells = lines[i].split(',');
    const agree = new Set(each).size === 1;
    assert.deepEqual(cells.slice(-4, -1), each, lines[i]);
    assert.equal(cells.at(-5), agree ? '是' : '否');
    assert.equal(cells.at(-7), agree ? each[0] : '');
  });

  // A row shows all that it may be, beside each other; Esc leads back to the list.
  await rows(page).first().getByRole('button').click();
  await page.getByRole('listbox').getByRole('option').nth(2).waitFor();
  await page.getByText('坐标系未知：各有所指').waitFor();
  await page.keyboard.press('Escape');
  await rows(page).first().waitFor();
  await panel(page).getByRole('combobox', { name: '坐标系' }).selectOption('wgs84');
  await eventually(async () => assert.doesNotMatch(await panel(page).innerText(), /取决于/));
  seen.check();
  await context.close();
});

test('a list that the server refuses says why in the language of the reader', async () => {
  const { page, context } = await open();
  await page.route('**/api/locate?*', (route) =>
    route.fulfill({ status: 413, contentType: 'application/problem+json', body: JSON.stringify({ type: 'about:blank', title: 'Payload Too Large', status: 413, detail: 'expected a body of at most 9 bytes, found more' }) }),
  );
  await page.getByRole('button', { name: '清单定位' }).click();
  await panel(page).getByRole('textbox').fill(THREE);
  await panel(page).getByRole('button', { name: '定位', exact: true }).click();
  const alert = panel(page).getByRole('alert');
  await alert.getByText('内容太大。请分成几份再试。').waitFor();
  assert.equal(await alert.locator('q[lang=en]').innerText(), 'expected a body of at most 9 bytes, found more');
  await context.close();
});

test('a link in a list is refused for what it is, and stays whole in the answer', async () => {
  const { page, context, seen } = await open({ hash: '#lang=en' });
  const english = page.getByRole('complementary', { name: 'List' });
  const link = 'https://uri.amap.com/marker?position=120.25,33.77&name=x';
  await page.getByRole('button', { name: 'Locate a list' }).click();
  await english.getByRole('textbox').fill(`name,lon,lat\nmanhole,120.221172,33.757983\n${link}\n`);
  await english.getByRole('button', { name: 'Locate', exact: true }).click();
  await english.getByRole('tab', { name: 'Bad 1' }).click();
  await english.locator('.rows').getByText('a link: search for it by itself').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), english.getByRole('button', { name: 'Get the CSV' }).click()]);
  const [header, , bad] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  assert.match(header, /^\uFEFFname,lon,lat,County code,County name,.*,On a border,Error$/);
  assert.ok(bad.startsWith(link) && bad.endsWith(',a link: search for it by itself'), bad);
  seen.check();
  await context.close();
});
