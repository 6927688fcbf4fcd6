// The plan mode: a plan begun, drawn, judged and published, by mouse, by keys alone and by touch; and what others see.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drawn, eventually, shot, watch } from './browser.mjs';
import { isTouched, published, quiet, tilesOf } from './events.mjs';
import { signIn } from './people.mjs';
import { at as colour, picture } from './pixels.mjs';
import { across, AT, by, click, DESK, edits, from, hint, left, pick, pixel, planOf, settled, shared, VIEW, ZOOM } from './plans.mjs';
import { PHONE, suite } from './suite.mjs';

/** An edit that cannot be is answered 422 while it is drawn. */
const REFUSED = /422/;

/** Rings of what a unit covers. */
const box = async (ask, code) => (await ask(`/api/units/${code}`)).bbox;

describe('plans of a server that is open to everyone', () => {
  const { url, ask, locate, open } = suite();
  const api = by(url);
  const here = async () => (await locate({ lon: AT[1], lat: AT[0] })).leaf;

  /** The village over the border of a grid. */
  const over = async ({ code }) => {
    const { neighbours } = await ask(`/api/units/${code}`);
    return ask(`/api/units/${neighbours.find((one) => one.code.slice(0, 12) !== code.slice(0, 12)).code.slice(0, 12)}`);
  };

  const visit = async (plan, options = {}) => {
    const opened = await open({ ...DESK, ...options, hash: `#${VIEW}&plan=${plan}` });
    await left(opened.page).getByRole('heading', { level: 2 }).waitFor();
    if (plan) await settled(opened.page, opened.seen);
    return opened;
  };

  test('a plan is begun, a grid split with the mouse, the new one named; steps are undone, redone and dropped', async () => {
    const grid = await here();
    const { page, context, seen } = await open({ ...DESK, hash: `#${VIEW}` });
    await page.getByRole('button', { name: '调', exact: true }).click();
    await left(page).getByText('还没有方案').waitFor();
    await shot(page, 'plans-none');
    await left(page).getByRole('button', { name: '新建方案' }).click();
    await page.keyboard.type('合德镇网格调整');
    await page.keyboard.press('Enter');
    await left(page).getByRole('heading', { name: '合德镇网格调整' }).waitFor();
    await settled(page, seen);

    await page.keyboard.press('s');
    await hint(page).getByText('点要切分的网格').waitFor();
    await pick(page, [0, 0], hint(page).getByText(grid.name));
    const [west, south, east, north] = await box(ask, grid.code);
    const middle = (west + east) / 2;
    await click(page, from(AT, [middle, north + 0.0004]));
    await click(page, from(AT, [middle + 0.0001, south - 0.0004]));
    await shot(page, 'plan-split-drawn');
    await page.keyboard.press('Enter');
    await edits(page).getByText(`${grid.name} 切分为 2 片`).waitFor();
    await page.keyboard.press('Escape');
    await hint(page).waitFor({ state: 'detached' });

    // The new one has a name of the others' kind, or is a defect that leads to one.
    const plan = await api.get(planOf(page));
    const [{ code }] = plan.edits[0].new;
    const { defects } = await ask(`/api/plans/${plan.id}/review`);
    if (defects.length > 0) {
      await left(page).getByRole('button', { name: /没有名称/ }).click();
      await hint(page).getByLabel('新名称').fill('东片网格');
      await page.keyboard.press('Enter');
      await edits(page).nth(1).waitFor();
    }
    await left(page).getByText('没有缺陷').waitFor();
    const steps = await edits(page).count();

    await page.keyboard.press('r');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+z');
    await eventually(async () => assert.equal(await edits(page).count(), steps - 1));
    await page.keyboard.press('Control+y');
    await eventually(async () => assert.equal(await edits(page).count(), steps));
    await left(page).getByRole('button', { name: '对比' }).click();
    const review = page.locator('aside.right');
    await review.getByText('网格 2 个').waitFor();
    await review.getByText(/户$/).first().waitFor();
    await shot(page, 'plan-review');
    while (await edits(page).count()) {
      const n = await edits(page).count();
      await edits(page).last().getByRole('button', { name: /去掉这一步/ }).click();
      await eventually(async () => assert.equal(await edits(page).count(), n - 1));
    }
    assert.equal((await ask(`/api/units/${code}`)).status, 404);
    seen.check(REFUSED);
    await context.close();
  });

  test('while a line is drawn, figures beside the pointer follow it, and are what the edit makes', async () => {
    const grid = await here();
    const [west, south, east, north] = await box(ask, grid.code);
    const { id } = await api.begin('边画边看');
    const { page, context, seen } = await visit(id);
    await page.keyboard.press('s');
    await pick(page, [0, 0], hint(page).getByText(grid.name));
    const top = from(AT, [(west + east) / 2, north + 0.0004]);
    await click(page, top);
    const figures = page.locator('.figures');
    const row = () => figures.locator('tbody tr', { hasText: grid.name }).locator('td').first().innerText();
    const seenAt = async (lon) => {
      const { x, y } = pixel(page, from(AT, [lon, south - 0.0004]));
      await page.mouse.move(x, y, { steps: 6 });
      await figures.locator('tbody tr').nth(1).waitFor();
      await page.waitForTimeout(1500);
      return row();
    };
    const before = await seenAt((west + east) / 2);
    await shot(page, 'plan-figures');
    const after = await seenAt(west + (east - west) * 0.3);
    assert.notEqual(before, after);
    await click(page, from(AT, [west + (east - west) * 0.3, south - 0.0004]));
    await page.waitForTimeout(1500);
    const last = await row();
    await page.keyboard.press('Enter');
    await edits(page).first().waitFor();
    const { units } = await ask(`/api/plans/${id}/review`);
    const unit = units.find((one) => one.after?.code === grid.code);
    assert.equal(last.replace(/\s/g, ''), `${unit.before.households}→${unit.after.households}`);
    // The new part is called as its neighbours are: nothing is open.
    await left(page).getByText('没有缺陷').waitFor();
    const asked = seen.urls.filter(({ pathname }) => pathname.endsWith('/try')).length;
    assert.ok(asked >= 3, `${asked}`);
    seen.check(REFUSED);
    await context.close();
  });

  test('what the draft changes is drawn over the map, and its own tiles are', async () => {
    const { id, revision } = await api.begin('草稿的图块');
    const grid = await here();
    const [west, south, east, north] = await box(ask, grid.code);
    const x = (west + east) / 2;
    const { status } = await api.edit(id, revision, { op: 'split', unit: grid.code, line: [[x, north + 0.001], [x, south - 0.001]], new: [{ name: '西片' }], tolerance: 5 });
    assert.equal(status, 201);
    const { page, context, seen } = await visit(id);
    const asked = seen.urls.map(({ pathname, search }) => pathname + search);
    assert.ok(asked.some((one) => one === `/api/plans/${id}/changes.geojson`));
    assert.ok(asked.some((one) => one.startsWith('/tiles/county/') && one.endsWith(`?plan=${id}`)));
    assert.ok(asked.some((one) => one.startsWith(`/api/units/${grid.code}/geometry`)), 'the old border');
    await shot(page, 'plan-draft');
    // Left again, the map is that of everybody.
    const from = seen.urls.length;
    await page.keyboard.press('g');
    await eventually(() => assert.ok(seen.urls.slice(from).some(({ pathname, searchParams }) => pathname.startsWith('/tiles/county/') && searchParams.has('v'))));
    seen.check();
    await context.close();
  });

  test('a border that is none any more is dotted, and no other', async () => {
    const [both, run] = await shared(ask, await here());
    const { id } = await api.drawn('旧界', [{ op: 'merge', units: both.map(({ code }) => code), keep: both[1].code }]);
    const middle = run[Math.floor(run.length / 2)];
    const { page, context, seen } = await open({ ...DESK, hash: `#map=15/${middle[1]}/${middle[0]}&plan=${id}` });
    await settled(page, seen);
    await shot(page, 'plan-ghost');
    // Around the grid that is gone: all of its outline is in it, and of that only the border to the other is dotted.
    const at = (place) => pixel(page, from([middle[1], middle[0]], place));
    const [west, south, east, north] = both[0].bbox;
    const [corner, far] = [at([west, north]), at([east, south])];
    const clip = { x: corner.x - 10, y: corner.y - 10, width: far.x - corner.x + 20, height: far.y - corner.y + 20 };
    const dots = await eventually(async () => {
      const seen = await picture(page, clip);
      const red = [];
      for (let y = 0; y < seen.height; y += 1) {
        for (let x = 0; x < seen.width; x += 1) {
          const [r, g, b] = colour(seen, x, y);
          if (r > 140 && g < 90 && b < 90) red.push({ x: clip.x + x, y: clip.y + y });
        }
      }
      assert.ok(red.length > 60, `${red.length}`);
      return red;
    });
    const line = run.map(at);
    const beside = (axis) => {
      const ends = line.map((place) => place[axis]);
      return (dot) => dot[axis] < Math.min(...ends) - 5 || dot[axis] > Math.max(...ends) + 5;
    };
    const stray = [...dots.filter(beside('x')), ...dots.filter(beside('y'))];
    assert.deepEqual(stray, []);
    seen.check();
    await context.close();
  });

  test('a plan goes its way to a version; open pages show it, and fetch only what it touched', async () => {
    const grid = await here();
    const { id } = await api.drawn('发布给大家看', [{ op: 'rename', unit: grid.code, name: '新改名的网格' }]);
    const { version } = await ask('/api/summary');
    const spot = await open({ ...DESK, hash: `#${VIEW}&unit=${grid.code}` });
    const elsewhere = await open({ ...DESK, hash: '#map=14/33.9/120.4' });
    const { page, context, seen } = await visit(id);
    await spot.page.locator('aside.right').getByRole('heading').first().waitFor();
    for (const one of [spot, elsewhere]) await quiet(one.page, one.seen);
    const before = tilesOf(spot.seen.urls);
    const marks = [spot, elsewhere].map(({ seen }) => seen.urls.length);

    await left(page).getByRole('button', { name: '送审' }).click();
    await left(page).getByText('待审').waitFor();
    await left(page).getByRole('button', { name: '退回' }).click();
    await page.keyboard.type('名称再想想');
    await shot(page, 'plan-reject');
    await left(page).locator('form').getByRole('button', { name: '退回' }).click();
    await left(page).getByText('退回：名称再想想').waitFor();
    const sent = await api.get(id);
    await api.edit(id, sent.revision, { op: 'rename', unit: grid.code, name: '想好的网格' });
    const unit = await ask(`/api/units/${grid.code}`);
    const [west, south, east, north] = unit.bbox;
    await api.edit(id, sent.revision + 1, across(unit, 0.4, '新的一片'));
    await left(page).getByRole('button', { name: '送审' }).click(); // the page heard of the edit
    await left(page).getByRole('button', { name: '核准' }).click();
    await left(page).getByText('已核准').waitFor();
    await left(page).getByRole('button', { name: '发布' }).click();
    await left(page).getByLabel('发布说明').fill('第四季度网格调整');
    await shot(page, 'plan-publish');
    const event = await published(url(), () => left(page).locator('form').getByRole('button', { name: '发布' }).click());
    await left(page).getByText(`已发布为版本 ${version + 1}`).waitFor();
    assert.equal(event.version, version + 1);

    for (const { page } of [spot, elsewhere]) await page.locator('.notices').getByText(`版本 ${version + 1} 已发布`).waitFor();
    await spot.page.locator('.notices').getByText(/第四季度网格调整/).waitFor();
    await spot.page.locator('aside.right').getByRole('heading', { name: '想好的网格' }).waitFor();
    for (const { page } of [spot, elsewhere]) await page.locator('footer').getByText(`版本 ${version + 1}`).waitFor();
    await shot(spot.page, 'plan-published-elsewhere');
    // On the spot what was touched is fetched again, as the new version, and nothing else; elsewhere nothing is.
    const again = ({ seen }, from) => tilesOf(seen.urls.slice(from));
    await eventually(() => assert.ok(again(spot, marks[0]).length > 0));
    for (const one of [spot, elsewhere]) await quiet(one.page, one.seen);
    const fetched = again(spot, marks[0]);
    assert.ok(fetched.every(({ v }) => v === String(version + 1)), JSON.stringify(fetched));
    assert.ok(fetched.every((one) => isTouched(event, one)), `in vain: ${JSON.stringify(fetched)}`);
    const inView = new Set(before.map(({ tile }) => tile));
    const due = [...inView].filter((tile) => isTouched(event, { tile }));
    assert.deepEqual([...new Set(fetched.map(({ tile }) => tile))].filter((tile) => inView.has(tile)).sort(), due.sort());
    assert.ok(due.length < inView.size, `${due.length} of ${inView.size}`);
    assert.deepEqual(again(elsewhere, marks[1]), []);
    for (const one of [spot, elsewhere]) assert.equal(one.seen.urls.filter(({ pathname }) => pathname === '/tiles/county.json').length, 1, 'nothing was loaded anew');
    // The new border is there: the piece that was split off is what is located now.
    const halves = await Promise.all([0.2, 0.7].map(async (share) => (await locate({ lon: west + (east - west) * share, lat: (south + north) / 2 })).leaf.uid));
    assert.notEqual(halves[0], halves[1]);
    for (const one of [spot, elsewhere, { page, context, seen }]) {
      one.seen.check();
      await one.context.close();
    }
  });

  test('every tool works with keys alone', async () => {
    const grid = await here();
    const { id } = await api.begin('只用键盘');
    const { page, context, seen } = await visit(id);
    const press = async (key, times = 1) => {
      if (key === ' ') await settled(page, seen); // what lies at the cross is read off the map
      for (let i = 0; i < times; i += 1) await page.keyboard.press(key);
    };
    const far = async (key, n) => press(`Shift+${key}`, n); // 96 px each
    const said = (text) => hint(page).getByText(text).waitFor();
    const made = async (n) => {
      await eventually(async () => assert.equal(await edits(page).count(), n, (await hint(page).allInnerTexts()).join()), Date.now() + 30_000);
      while (await hint(page).count()) await press('Escape');
      await settled(page, seen);
    };

    await press('e');
    await said('点要更名的单元');
    await press(' ');
    await hint(page).getByLabel('新名称').fill('键盘网格');
    await press('Enter');
    await made(1);

    await press('s');
    await press(' ');
    await far('ArrowUp', 4);
    await press(' ');
    await far('ArrowDown', 8);
    await press(' ');
    await shot(page, 'plan-keys-split');
    await press('Enter');
    await made(2);
    assert.equal((await api.get(id)).edits[1].edit.op, 'split');

    // West of the line and east of it: near, for the western part is narrow, and a border may have drawn the line to it.
    const step = 2;
    await press('j'); // the map has the keys now
    await far('ArrowUp', 4); // back in the middle
    await press('ArrowLeft', step);
    await press(' ');
    await press('ArrowRight', 2 * step);
    await press(' ');
    await shot(page, 'plan-keys-merge');
    await said('可再点相邻的，最后按完成');
    await press('Enter');
    await made(3);
    assert.equal((await api.get(id)).edits[2].edit.op, 'merge');

    await press('Control+z');
    await eventually(async () => assert.equal(await edits(page).count(), 2));
    await settled(page, seen);
    await press('x');
    await press(' ');
    await press('ArrowLeft', 2 * step);
    await press(' ');
    await press('ArrowRight', step + 5);
    await press('ArrowDown', 3);
    await press(' ');
    await press('ArrowLeft', 12);
    await press(' ');
    await press('ArrowUp', 6);
    await press(' ');
    await press('ArrowRight', 12);
    await press(' ');
    await shot(page, 'plan-keys-transfer');
    await press('Enter');
    await made(3);
    assert.equal((await api.get(id)).edits[2].edit.op, 'transfer');

    // What is left of the grid goes to the village over the border.
    await press('a');
    await said('点要改隶属的网格');
    await press('ArrowRight', 2);
    await press('ArrowDown', 3);
    await press(' ');
    const list = hint(page).getByLabel('新的上级');
    const other = await over(grid);
    await eventually(async () => assert.ok((await list.locator('option').count()) > 5));
    await list.selectOption(other.code);
    await shot(page, 'plan-keys-assign');
    await hint(page).getByRole('button', { name: '完成' }).press('Enter');
    await made(4);
    const { edits: [, , , assigned] } = await api.get(id);
    assert.deepEqual([assigned.edit.op, assigned.edit.parent], ['assign', other.code]);
    await edits(page).nth(3).getByText(`改隶属 ${other.name}`).waitFor();
    // The uid stays, the code is one of the new parent's; both villages are others than before.
    const { units } = await ask(`/api/plans/${id}/review`);
    const moved = units.find(({ after }) => after?.code === assigned.new[0].code);
    assert.ok(moved.after.code.startsWith(other.code), JSON.stringify(moved));
    assert.ok(moved.before === null || moved.before.code === assigned.edit.unit, JSON.stringify(moved));
    const villages = units.filter(({ level }) => level === 'village').map(({ before, after }) => [before.code, after.area_m2 - before.area_m2]);
    assert.deepEqual(villages.map(([code, by]) => [code, by > 0]).sort(), [[grid.code.slice(0, 12), false], [other.code, true]].sort());

    seen.check(REFUSED);
    await context.close();
  });

  test('move and reshape, by keys and by mouse', async () => {
    const { id } = await api.begin('移点与改界');
    const grid = await here();
    const unit = await ask(`/api/units/${grid.code}/geometry`);
    const ring = unit.geometry.type === 'Polygon' ? unit.geometry.coordinates[0] : unit.geometry.coordinates[0][0];
    // A vertex with nothing near: in the middle of the longest run.
    const [lon, lat] = ring[Math.floor(ring.length / 3)];
    const { page, context, seen } = await open({ ...DESK, hash: `#map=17/${lat}/${lon}&plan=${id}` });
    await settled(page, seen);
    await page.keyboard.press('v');
    await page.keyboard.press(' ');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press(' ');
    await edits(page).getByText('移动界点').waitFor();
    await shot(page, 'plan-moved');
    seen.check(REFUSED);
    await context.close();

    // Another border between two of the old one's vertices, by a place beside it.
    const [both, run] = await shared(ask, grid);
    const [start, end] = [run[Math.floor(run.length / 4)], run[Math.floor((3 * run.length) / 4)]];
    const view = [(start[1] + end[1]) / 2, (start[0] + end[0]) / 2];
    const beside = [view[1] + (end[1] - start[1]) / 4, view[0] - (end[0] - start[0]) / 4];
    const other = await open({ ...DESK, hash: `#map=16/${view.join('/')}&plan=${id}` });
    await settled(other.page, other.seen);
    const at = (place) => from(view, place, 16);
    await other.page.keyboard.press('r');
    for (const { name, label } of both) await pick(other.page, at([label.lon, label.lat]), hint(other.page).getByText(name));
    await hint(other.page).getByText('画新的界线：从旧界上一处起').waitFor();
    await click(other.page, at(start));
    await click(other.page, at(beside));
    const { x, y } = pixel(other.page, at(end));
    await other.page.mouse.move(x, y, { steps: 5 });
    await other.page.locator('.figures tbody tr').nth(1).waitFor();
    await shot(other.page, 'plan-reshape');
    await other.page.mouse.click(x, y);
    await other.page.keyboard.press('Enter');
    await edits(other.page).getByText('改界').waitFor();
    const drawn = await api.get(id);
    assert.deepEqual([drawn.edits[1].edit.op, drawn.edits[1].edit.between], ['reshape', both.map(({ code }) => code)]);
    const { units } = await ask(`/api/plans/${id}/review`);
    for (const { code } of both) assert.ok(units.some(({ before, after }) => after.code === code && Math.abs(after.area_m2 - before.area_m2) > 1), code);
    other.seen.check(REFUSED);
    await other.context.close();
  });

  test('a vertex is moved by dragging it; elsewhere a drag moves the map', async () => {
    const { id } = await api.begin('拖动界点');
    const { geometry } = await ask(`/api/units/${(await here()).code}/geometry`);
    const ring = geometry.type === 'Polygon' ? geometry.coordinates[0] : geometry.coordinates[0][0];
    const [lon, lat] = ring[Math.floor(ring.length / 3)];
    const { page, context, seen } = await open({ ...DESK, hash: `#map=17/${lat}/${lon}&plan=${id}` });
    await settled(page, seen);
    const drag = async (from, to) => {
      const [a, b] = [pixel(page, from), pixel(page, to)];
      await page.mouse.move(a.x, a.y);
      await page.mouse.down();
      await page.mouse.move((a.x + b.x) / 2, (a.y + b.y) / 2, { steps: 3 });
      await page.mouse.move(b.x, b.y, { steps: 3 });
    };
    const where = () => new URL(page.url()).hash.match(/map=[^&]*/)[0];
    await page.keyboard.press('v');
    await page.locator('main svg[viewBox="0 0 40 40"]').waitFor(); // keys alone have their cross at once
    await hint(page).getByText('按空格落点').waitFor();

    const before = where();
    await drag([0, 0], [24, 18]);
    await hint(page).getByText('点它的新位置').waitFor();
    await page.locator('.figures tbody tr').first().waitFor();
    await shot(page, 'plan-dragged');
    await page.mouse.up();
    await edits(page).getByText('移动界点').waitFor();
    assert.equal(where(), before, 'the map stayed');
    const [{ edit }] = (await api.get(id)).edits;
    const [dx, dy] = from([lat, lon], edit.to, 17);
    assert.ok(Math.hypot(dx - 24, dy - 18) < 10, `${dx} ${dy}`);

    await drag([180, 140], [120, 100]);
    await page.mouse.up();
    await eventually(() => assert.notEqual(where(), before));
    assert.equal((await api.get(id)).edits.length, 1);
    seen.check(REFUSED);
    await context.close();
  });

  test('names and parents are given one after the other; a parent that is clicked on the map waits for Enter', async () => {
    const grid = await here();
    const { neighbours } = await ask(`/api/units/${grid.code}`);
    const others = await Promise.all(neighbours.filter(({ code }) => code.slice(0, 12) !== grid.code.slice(0, 12)).map(({ code }) => ask(`/api/units/${code}`)));
    const places = others.map(({ code, label }) => ({ code, at: from(AT, [label.lon, label.lat]) }));
    const to = places.find(({ at: [x, y] }) => x > -280 && x < 580 && Math.abs(y) < 230);
    assert.ok(to, JSON.stringify(places));
    const { id } = await api.begin('改名与改隶属');
    const { page, context, seen } = await visit(id);
    await page.keyboard.press('e');
    await pick(page, [0, 0], hint(page).getByLabel('新名称'));
    await hint(page).getByLabel('新名称').fill('先改这格');
    await page.keyboard.press('Enter');
    await edits(page).first().waitFor();
    await hint(page).getByText('点要更名的单元').waitFor();
    assert.equal(await hint(page).getByLabel('新名称').count(), 0);
    await page.keyboard.press('Escape');
    await hint(page).waitFor({ state: 'detached' });
    await settled(page, seen);

    await page.keyboard.press('a');
    await pick(page, [0, 0], hint(page).getByLabel('新的上级'));
    await click(page, to.at);
    await hint(page).getByText('按完成').waitFor();
    await page.locator('.figures tbody tr').first().waitFor();
    assert.equal(await hint(page).getByLabel('新的上级').inputValue(), to.code.slice(0, 12));
    await shot(page, 'plan-assign-clicked');
    assert.equal((await api.get(id)).edits.length, 1);
    await page.keyboard.press('Enter');
    await edits(page).nth(1).waitFor();
    await hint(page).getByText('点要改隶属的网格').waitFor();
    await page.keyboard.press('Escape');
    await settled(page, seen);
    // It is a piece that goes from one village to the other, on the map and in the review.
    const { features } = await ask(`/api/plans/${id}/changes.geojson`);
    assert.deepEqual(features.map(({ properties }) => [properties.from_uid, properties.to_uid]), [[grid.uid, grid.uid]]);
    await left(page).getByRole('button', { name: '对比', exact: true }).click();
    const [was, is] = await Promise.all([grid.code, to.code].map((code) => ask(`/api/units/${code.slice(0, 12)}`)));
    await page.locator('.moves li').getByText(`${was.name} → ${is.name}`).waitFor();
    await shot(page, 'plan-reassigned');
    seen.check(REFUSED);
    await context.close();
  });

  test('where somebody else was faster, what was drawn stays', async () => {
    const grid = await here();
    const { id, revision } = await api.begin('两人同改');
    const { page, context, seen } = await visit(id);
    await page.keyboard.press('s');
    await pick(page, [0, 0], hint(page).getByText(grid.name));
    const [west, south, east, north] = await box(ask, grid.code);
    const middle = (west + east) / 2;
    await click(page, from(AT, [middle, north + 0.0004]));
    await click(page, from(AT, [middle, south - 0.0004]));
    // The stream would tell the page: it is not heard in time.
    await page.route('**/api/plans/*/edits', async (route) => {
      await api.edit(id, revision, { op: 'rename', unit: grid.code, name: '别人改的' });
      await route.continue();
    }, { times: 1 });
    await page.keyboard.press('Enter');
    await hint(page).getByText('别人刚改了这个方案').waitFor();
    await edits(page).getByText('别人改的').waitFor();
    await shot(page, 'plan-overtaken');
    await page.keyboard.press('Enter');
    await eventually(async () => assert.equal(await edits(page).count(), 2));
    seen.check(new RegExp(`412|${REFUSED.source}`));
    await context.close();
  });

  test('a finger draws on a phone, with buttons for what keys do', async () => {
    const grid = await here();
    const { id } = await api.begin('手机上改');
    const { page, context, seen } = await visit(id, PHONE);
    await shot(page, 'plan-phone');
    await left(page).getByRole('button', { name: '切分' }).tap();
    await left(page).waitFor({ state: 'detached' }); // the map is needed whole
    const tap = async (at) => {
      const { x, y } = pixel(page, at);
      await page.touchscreen.tap(x, y);
      await page.waitForTimeout(400);
    };
    await tap([0, 0]);
    await hint(page).getByText(grid.name).waitFor();
    const [west, south, east, north] = await box(ask, grid.code);
    const middle = (west + east) / 2;
    await tap(from(AT, [middle, north + 0.0006]));
    await tap(from(AT, [middle, south - 0.0006]));
    await tap([60, 200]);
    await hint(page).getByRole('button', { name: '退一点' }).tap();
    await shot(page, 'plan-phone-drawn');
    await hint(page).getByRole('button', { name: '完成' }).tap();
    await eventually(async () => assert.equal((await api.get(id)).edits.length, 1));
    await hint(page).getByRole('button', { name: '放下' }).tap();
    await edits(page).getByText('切分为 2 片').waitFor();

    // The last point of a move is sent by no tap, and may be put right.
    await left(page).getByRole('button', { name: '移点' }).tap();
    await left(page).waitFor({ state: 'detached' });
    await settled(page, seen);
    const [, run] = await shared(ask, grid);
    const near = run.map((place) => from(AT, place)).find(([x, y]) => Math.abs(x) < 130 && Math.abs(y) < 200);
    assert.ok(near, 'a vertex in the window');
    await tap(near);
    await tap([near[0] + 60, near[1] + 60]);
    await tap([near[0] + 12, near[1] + 8]);
    await hint(page).getByText('按完成').waitFor();
    await page.locator('.figures tbody tr').first().waitFor();
    await shot(page, 'plan-phone-move');
    assert.equal((await api.get(id)).edits.length, 1);
    await hint(page).getByRole('button', { name: '完成' }).tap();
    await eventually(async () => assert.equal((await api.get(id)).edits.length, 2));
    seen.check(REFUSED);
    await context.close();
  });
});

describe('plans of a server with accounts', () => {
  const ACCOUNTS = [
    { name: 'admin', called: '', role: 'administrator' },
    { name: 'huatu', called: '周画图', role: 'planner' },
    { name: 'hezhun', called: '吴核准', role: 'approver' },
    { name: 'kankan', called: '', role: 'viewer' },
  ];
  const { url, empty } = suite({ accounts: ACCOUNTS });

  async function visit(name, hash) {
    const { page, context } = await empty(DESK);
    await signIn(page, url(), name, `/${hash}`);
    const seen = watch(page, url());
    await page.reload();
    await drawn(page);
    return { page, context, seen };
  }

  test('a viewer has no plans; a planner draws and hands in, and another approves', async () => {
    const viewer = await visit('kankan', '#');
    await viewer.page.locator('.legend select').waitFor();
    assert.equal(await viewer.page.getByRole('button', { name: '调', exact: true }).count(), 0);
    viewer.seen.check();
    await viewer.context.close();

    const planner = await visit('huatu', `#${VIEW}&plan=`);
    const { page } = planner;
    await left(page).getByRole('button', { name: '新建方案' }).click();
    await page.keyboard.type('更名一格');
    await page.keyboard.press('Enter');
    await settled(page, planner.seen);
    await page.keyboard.press('e');
    await pick(page, [0, 0], hint(page).getByLabel('新名称'));
    await hint(page).getByLabel('新名称').fill('示范网格');
    await page.keyboard.press('Enter');
    await edits(page).first().waitFor();
    await left(page).getByRole('button', { name: '送审' }).click();
    await left(page).getByText('自己的方案要由别人核准').waitFor();
    assert.equal(await left(page).getByRole('button', { name: '核准' }).count(), 0);

    const approver = await visit('hezhun', `#${VIEW}&plan=`);
    await left(approver.page).getByRole('button', { name: /更名一格/ }).click();
    await left(approver.page).getByRole('button', { name: '核准' }).click();
    await left(page).getByText('已核准').waitFor(); // told by the stream
    planner.seen.check(REFUSED);
    approver.seen.check();
    await planner.context.close();
    await approver.context.close();
  });
});
