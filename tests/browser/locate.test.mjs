// The pin and its card, in a real browser over the real binary.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, shot, WINDOW } from './browser.mjs';
import { card, codeOn, PHONE, suite } from './suite.mjs';

const MIDDLE = { x: WINDOW.width / 2, y: WINDOW.height / 2 };
const SEAT = { lon: 120.221172, lat: 33.757983 };
const LINK = `#map=15/${SEAT.lat}/${SEAT.lon}&at=${SEAT.lon},${SEAT.lat}`;

const { open, ask, locate } = suite();

/** A point of the seat's village that is more than `metres` from every border. */
async function deepInside(metres) {
  for (let i = 0; i < 400; i++) {
    const at = { lon: SEAT.lon + (i % 20) * 2e-3, lat: SEAT.lat + Math.floor(i / 20) * 2e-3 };
    const found = await locate(at);
    if (found.leaf && found.border_distance_m > metres) return at;
  }
  throw new Error('no such point');
}

test('every unit of the chain opens, and Esc leads back to the pin', async () => {
  const { page, context, seen } = await open({ hash: LINK });
  const { leaf, village } = await locate(SEAT);
  await card(page).getByRole('button', { name: village.name, exact: true }).click();
  await card(page).locator('h2').getByText(village.name).waitFor();
  assert.match(page.url(), new RegExp(`unit=${village.code}`));
  assert.equal(await codeOn(page), village.code);
  await card(page).getByText('返回定位点').waitFor();
  await page.keyboard.press('Escape');
  await card(page).locator('h2').getByText(leaf.name).waitFor();
  assert.ok(!page.url().includes('unit='));
  await page.goBack();
  await card(page).locator('h2').getByText(village.name).waitFor();
  seen.check();
  await context.close();
});

test('near a border the card says who else it may be, at 20 m', async () => {
  const { page, context, seen } = await open({ hash: LINK });
  const truth = await locate(SEAT, '&accuracy=20');
  assert.ok(truth.border_distance_m < 20, 'the seat lies near a border');
  await card(page).getByText('离边界近，按 20 米精度估计').waitFor();
  const text = await card(page).getByRole('region', { name: '可能属于' }).innerText();
  for (const one of truth.candidates.filter((one) => one.probability > 0.01)) {
    assert.ok(text.includes(one.name) && text.includes(`${Math.round(one.probability * 100)}%`), `${one.name} ${one.probability} not in ${text}`);
  }
  await shot(page, 'pin-near-border');

  await card(page).getByRole('button', { name: '100', exact: true }).click();
  const wide = await locate(SEAT, '&accuracy=100');
  await eventually(async () => {
    const now = await card(page).getByRole('region', { name: '可能属于' }).innerText();
    assert.ok(now.includes(wide.candidates[2].name), now);
  });
  assert.match(page.url(), /acc=100/);
  assert.equal(await card(page).getByText('离边界近').count(), 0);
  seen.check();
  await context.close();
});

test('far from every border nobody else is named until an accuracy is', async () => {
  const at = await deepInside(120);
  const { page, context, seen } = await open({ hash: `#map=15/${at.lat}/${at.lon}&at=${at.lon},${at.lat}` });
  await card(page).locator('p.code').waitFor();
  const section = card(page).getByRole('region', { name: '可能属于' });
  assert.equal(await section.getByText('%').count(), 0);
  await section.getByRole('button', { name: '50', exact: true }).click();
  await section.getByText(/\d+%/).first().waitFor();
  await section.getByRole('button', { name: '50', exact: true }).click(); // said no more
  await eventually(async () => assert.equal(await section.getByText(/\d+%/).count(), 0));
  assert.ok(!page.url().includes('acc='));
  seen.check();
  await context.close();
});

test('the nearest services, a text for a message, a link that opens the same view', async () => {
  const { page, context, seen } = await open({ hash: LINK, permissions: ['clipboard-read', 'clipboard-write'] });
  const { points } = await ask(`/api/near?lon=${SEAT.lon}&lat=${SEAT.lat}&limit=3`);
  const near = card(page).getByRole('region', { name: '附近服务点' });
  await near.waitFor();
  const text = await near.innerText();
  for (const { name } of points) assert.ok(text.includes(name), `${name} not in ${text}`);

  const truth = await locate(SEAT);
  await card(page).getByRole('button', { name: '复制文字' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  for (const part of [truth.leaf.code, truth.town.name, '120.221172, 33.757983', truth.neighbour.name, 'http']) {
    assert.ok(copied.includes(part), `${part} not in ${copied}`);
  }
  assert.ok(copied.split('\n').length >= 4);

  await card(page).getByRole('button', { name: '复制链接' }).click();
  const link = await eventually(async () => {
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(link, /^http\S+$/);
    return link;
  });
  const again = await open({ hash: new URL(link).hash });
  assert.equal(await codeOn(again.page), truth.leaf.code);
  again.seen.check();
  await again.context.close();

  await near.getByRole('button').first().click();
  await eventually(() => assert.ok(page.url().includes(`at=${points[0].lon.toFixed(6)},${points[0].lat.toFixed(6)}`), page.url()));
  seen.check();
  await context.close();
});

test('outside the county the nearest grid is a click away', async () => {
  const { page, context, seen } = await open({ hash: '#map=10/33.9/120.8&lang=en' });
  await page.mouse.click(MIDDLE.x, MIDDLE.y);
  await card(page).getByRole('heading', { name: 'Outside the county' }).waitFor();
  await card(page).getByText(/[\d.]+ km from here/).waitFor();
  const { nearest } = await locate({ lon: 120.8, lat: 33.9 });
  await card(page).getByRole('button', { name: 'Go there' }).click();
  await card(page).locator('h2').getByText(nearest.name).waitFor();
  assert.match(page.url(), new RegExp(`unit=${nearest.code}`));
  seen.check();
  await context.close();
});

test('a link without a view shows the pin it names', async () => {
  const { page, context, seen } = await open({ hash: `#at=${SEAT.lon},${SEAT.lat}` });
  await eventually(() => {
    const [, zoom, lat, lon] = page.url().match(/map=([\d.]+)\/([\d.]+)\/([\d.]+)/).map(Number);
    assert.ok(zoom >= 15 && Math.abs(lat - SEAT.lat) < 0.01 && Math.abs(lon - SEAT.lon) < 0.02, page.url());
  });
  seen.check();
  await context.close();
});

test("a place outside is shown together with the nearest grid; a link's own accuracy stands among the choices", async () => {
  const { page, context, seen } = await open({ hash: '#at=120.9,33.9' });
  await card(page).getByText('县域之外').waitFor();
  // About 37 km are between the two, whatever the window: no street's zoom shows both.
  await eventually(() => {
    const zoom = Number(/map=([\d.]+)/.exec(page.url())?.[1]);
    assert.ok(zoom > 6 && zoom < 11, page.url());
  });
  seen.check();
  await page.goto('about:blank');
  await page.goto(`${new URL(LINK, seen.urls[0])}&acc=40`);
  await card(page).getByRole('button', { name: '40', exact: true, pressed: true }).waitFor();
  await context.close();
});

test('on a phone a long press locates, and the sheet is pulled up and down', async () => {
  const { page, context, seen } = await open({ hash: '#map=14/33.757983/120.221172', ...PHONE });
  const touch = await context.newCDPSession(page);
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: 200, y: 400 }] });
  await card(page).locator('p.code').waitFor(); // while the finger is still down
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  const before = page.url();
  const handle = card(page).getByRole('button', { name: '拉高或放低' });
  const tall = async () => (await card(page).boundingBox()).height;
  const half = await tall();
  await handle.press('ArrowDown');
  await eventually(async () => assert.ok((await tall()) < half - 50, 'not lower'));
  await handle.press('ArrowUp');
  await handle.press('ArrowUp');
  await eventually(async () => assert.ok((await tall()) > half, 'not higher'));
  const at = (url) => url.match(/at=[\d.,]+/)[0];
  assert.equal(at(page.url()), at(before), 'the lift is no second click');
  for (const button of await card(page).locator('button:visible').all()) {
    const { height } = await button.boundingBox();
    assert.ok(height >= 24, `a button of ${height} px`);
  }
  await shot(page, 'phone-pin');
  seen.check();
  await context.close();
});
