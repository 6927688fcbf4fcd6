// What tests of plans have in common: their parts of the page, the map's pixels, and plans made with the API.

import assert from 'node:assert/strict';
import { eventually } from './browser.mjs';

export const DESK = { viewport: { width: 1366, height: 768 } };
/** A place among grids, as lat and lon, and the zoom at which they are told apart. */
export const AT = [33.7695, 120.2612];
export const ZOOM = 15;
export const VIEW = `map=${ZOOM}/${AT[0]}/${AT[1]}`;

export const left = (page) => page.locator('aside.left');
export const right = (page) => page.locator('aside.right');
export const hint = (page) => page.locator('.hint');
export const edits = (page) => left(page).locator('ol.edits > li');

/** A place in px, seen from the middle of the window. */
export const pixel = (page, [x, y]) => ({ x: page.viewportSize().width / 2 + x, y: page.viewportSize().height / 2 + y });

export async function click(page, at) {
  const { x, y } = pixel(page, at);
  await page.mouse.move(x, y);
  await page.mouse.click(x, y);
}

/** Clicks on what is to be seen there until it is taken: `said` is where its name appears. */
export async function pick(page, at, said) {
  await eventually(async () => {
    if (await said.count()) return;
    await click(page, at);
    await said.waitFor({ timeout: 700 });
  });
}

/** Where a place lies from the middle of the window, in px. */
export function from([lat0, lon0], [lon, lat], zoom = ZOOM) {
  const world = 512 * 2 ** zoom;
  const y = (at) => ((1 - Math.asinh(Math.tan((at * Math.PI) / 180)) / Math.PI) / 2) * world;
  return [((lon - lon0) / 360) * world, y(lat) - y(lat0)];
}

/** The plan that the page shows. */
export const planOf = (page) => Number(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('plan'));

/** Makes a plan with the API, and steps with it. */
export function by(url) {
  const call = async (method, path, body, revision) => {
    const headers = { 'content-type': 'application/json', ...(revision && { 'if-match': `"${revision}"` }) };
    const answer = await fetch(`${url()}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, ...(await answer.json()) };
  };
  const api = {
    begin: (title) => call('POST', '/api/plans', { title, note: '' }),
    get: (id) => call('GET', `/api/plans/${id}`),
    edit: (id, revision, edit) => call('POST', `/api/plans/${id}/edits`, edit, revision),
    act: (id, revision, what, body) => call('POST', `/api/plans/${id}/${what}`, body ?? {}, revision),
    /** A plan with these edits; the plan as it is then. */
    drawn: async (title, edits) => {
      const { id } = await api.begin(title);
      for (const [i, edit] of edits.entries()) assert.equal((await api.edit(id, i + 1, edit)).status, 201);
      return api.get(id);
    },
    /** A version with these edits. */
    publish: async (title, edits) => {
      const { id, revision } = await api.drawn(title, edits);
      await api.act(id, revision, 'submit');
      await api.act(id, revision + 1, 'approve');
      const { version } = await api.act(id, revision + 2, 'publish', { note: title });
      assert.ok(version, title);
      return version;
    },
  };
  return api;
}

/** A split from north to south at a share of the unit's width. */
export function across({ code, bbox: [west, south, east, north] }, share, name = '西片网格') {
  const x = west + (east - west) * share;
  return { op: 'split', unit: code, line: [[x, north + 0.001], [x, south - 0.001]], new: [{ name }], tolerance: 5 };
}

/** Waits until the draft's tiles are drawn: a tool takes what is to be seen. */
export async function settled(page, seen) {
  await eventually(() => assert.ok(seen.urls.some(({ search }) => search.includes('plan='))));
  for (let n = -1; n !== seen.urls.length; ) {
    n = seen.urls.length;
    await page.waitForTimeout(600);
  }
}

/** A grid and the neighbour with which it has the longest border, and the vertices of that. */
export async function shared(ask, { code }) {
  const ring = async (code) => {
    const { geometry } = await ask(`/api/units/${code}/geometry`);
    return geometry.type === 'Polygon' ? geometry.coordinates[0] : geometry.coordinates[0][0];
  };
  const unit = await ask(`/api/units/${code}`);
  const own = (await ring(code)).slice(1);
  let best = [];
  let other;
  for (const neighbour of unit.neighbours) {
    const theirs = new Set((await ring(neighbour.code)).map(String));
    const on = own.map((place) => theirs.has(String(place)));
    const begins = on.findIndex((is, i) => is && !on.at(i - 1));
    const turned = begins < 0 ? [] : [...own.slice(begins), ...own.slice(0, begins)];
    const ends = turned.findIndex((place) => !theirs.has(String(place)));
    const run = ends < 0 ? [] : turned.slice(0, ends);
    if (run.length > best.length) [best, other] = [run, neighbour];
  }
  return [[unit, await ask(`/api/units/${other.code}`)], best];
}
