/**
 * Wangge's grids in your own MapLibre map (version 4 or later), in three lines:
 *
 *   import { overlay, locate } from 'http://HOST/wangge.js';
 *   const grids = await overlay(map, { style: 'day', onpick: (where) => console.log(where.leaf?.name) });
 *   const { chain } = await locate([120.2212, 33.758], { crs: 'gcj02' });
 *
 * overlay(map, options?) resolves to a handle once the grids are on the map; they come back by themselves
 * when the map is given another style, and become the new ones when a version is published.
 *   style   'day' or 'night', a name of /styles.json; the layers are that style's, thinned to lie over a map
 *   before  id of the layer of yours to stay beneath; above all where it is left out
 *   onpick  (where, event): after a click, what `locate` says of it; the grid is marked. No clicks without it
 *   onfault (error): a click could not be located; console.warn where it is left out
 * handle: restyle(name), choose(uid or null), remove()
 *
 * locate(place, options?) resolves to the answer of /api/locate: {inside, leaf, chain, grid, village, town, …}
 *   place   {lon, lat}, {lng, lat} or [lon, lat], in degrees
 *   crs     'wgs84' (where it is left out), 'cgcs2000', 'gcj02' (Amap, Tencent), 'bd09' (Baidu) or 'any'
 *   accuracy  in metres: adds `candidates`;   signal  of an AbortController
 * It throws an Error with the server's words and `status` where that refuses.
 *
 * Sources and layers have ids that begin with `wangge-`. Nothing is asked of any host but the one this file came
 * from; that server's operator may limit which origins' pages are answered (--cors-origin).
 */

const HOST = new URL('.', import.meta.url).href;
const OURS = 'wangge-';

async function ask(path, signal) {
  const answer = await fetch(HOST + path, { signal });
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  throw Object.assign(new Error(body.detail ?? `${answer.status} ${answer.statusText}`), { status: answer.status });
}

export function locate(place, { crs, accuracy, signal } = {}) {
  const [lon, lat] = Array.isArray(place) ? place : [place.lon ?? place.lng, place.lat];
  const query = new URLSearchParams({ lon: Number(lon).toFixed(7), lat: Number(lat).toFixed(7) });
  if (crs) query.set('crs', crs);
  if (accuracy) query.set('accuracy', accuracy);
  return ask(`api/locate?${query}`, signal);
}

/** The style's sources and layers under our ids, without layers that this county's tiles have not got. */
async function parts(name) {
  const [style, catalog] = await Promise.all([ask(`styles/${name}.json?overlay=true`), ask('tiles.json')]);
  const drawn = new Set(catalog.tilesets.flatMap((tileset) => tileset.layers));
  const layers = style.layers.filter((layer) => drawn.has(layer['source-layer']));
  // What other readers of styles could not take stands beside what they can.
  const refined = ({ metadata: { 'wangge:refined': more = {} } = {}, ...layer }) => ({ ...layer, ...more, layout: { ...layer.layout, ...more.layout }, paint: { ...layer.paint, ...more.paint } });
  const ours = (layer) => ({ ...refined(layer), id: OURS + layer.id, source: OURS + layer.source });
  return { sources: Object.entries(style.sources).map(([id, source]) => [OURS + id, source]), layers: layers.map(ours) };
}

export async function overlay(map, { style = 'day', before, onpick, onfault = console.warn } = {}) {
  let { sources, layers } = await parts(style);
  const marks = { hover: null, chosen: null };
  let asked = 0;
  let placed = false;

  // The style draws feature states in layers that are called so; what they lie over can be marked.
  const markable = () => layers.filter(({ id, type }) => type === 'fill' && id.endsWith('-marked') && map.getLayer(id));
  const same = (a, b) => a?.id === b?.id && a?.sourceLayer === b?.sourceLayer;

  function mark(state, feature) {
    const old = marks[state];
    if (same(old, feature)) return;
    marks[state] = feature;
    if (old && map.getSource(old.source)) map.removeFeatureState(old, state);
    if (feature && map.getSource(feature.source)) map.setFeatureState(feature, { [state]: true });
  }

  function add() {
    if (!map.getStyle()) return; // not loaded yet: style.load follows
    for (const [id, source] of sources) if (!map.getSource(id)) map.addSource(id, source);
    const under = before && map.getLayer(before) ? before : undefined;
    for (const layer of layers) if (!map.getLayer(layer.id)) map.addLayer(layer, under);
    placed = true;
    const { chosen } = marks;
    marks.hover = marks.chosen = null;
    mark('chosen', chosen);
  }

  function drop() {
    if (!map.getStyle()) return;
    for (const { id } of layers) if (map.getLayer(id)) map.removeLayer(id);
    for (const [id] of sources) if (map.getSource(id)) map.removeSource(id);
  }

  function hover({ point }) {
    if (!placed || map.isMoving()) return;
    const [found] = map.queryRenderedFeatures(point, { layers: markable().map(({ id }) => id) });
    mark('hover', found ? { source: found.source, sourceLayer: found.sourceLayer, id: found.id } : null);
  }

  const leave = () => mark('hover', null);

  /** Every leaf is in the lowest level's layer, the last that can be marked. */
  function choose(uid) {
    const lowest = placed ? markable().at(-1) : null;
    mark('chosen', lowest && uid != null ? { source: lowest.source, sourceLayer: lowest['source-layer'], id: uid } : null);
  }

  async function pick(event) {
    const mine = ++asked;
    try {
      const where = await locate(event.lngLat.wrap());
      if (mine !== asked) return; // another click came after it
      choose(where.leaf?.uid);
      onpick(where, event);
    } catch (error) {
      if (mine === asked) onfault(error);
    }
  }

  /**
   * Takes the tiles of the version that is served now, and of its points, where they are others. All in view: which ones
   * were touched is known, but a map of somebody else's offers no public way to drop those that are out of view.
   */
  async function renew() {
    for (const [id, { url }] of sources) {
      const { tiles } = url ? await fetch(url).then((answer) => answer.json()).catch(() => ({})) : {};
      const source = map.getSource(id);
      if (tiles && source?.tiles && source.tiles[0] !== tiles[0]) source.setTiles(tiles);
    }
  }

  /** A browser has few connections for a host: a page that nobody sees gives its stream back. */
  let stream;
  function follow() {
    stream?.close();
    if (document.hidden) return;
    stream = new EventSource(`${HOST}api/events`);
    for (const name of ['open', 'published', 'features', 'reset']) stream.addEventListener(name, renew);
  }

  const listeners = { 'style.load': add, mousemove: hover, mouseout: leave, movestart: leave, ...(onpick && { click: pick }) };
  for (const [name, listener] of Object.entries(listeners)) map.on(name, listener);
  if (map.getStyle()) add();
  else await new Promise((done) => map.once('style.load', done));
  document.addEventListener('visibilitychange', follow);
  follow();

  return {
    choose,
    async restyle(name) {
      const next = await parts(name);
      drop();
      ({ sources, layers } = next);
      add();
    },
    remove() {
      asked += 1;
      document.removeEventListener('visibilitychange', follow);
      stream?.close();
      for (const [name, listener] of Object.entries(listeners)) map.off(name, listener);
      drop();
    },
  };
}
