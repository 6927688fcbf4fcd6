// Writes day.json and night.json: one list of layers, two palettes, so that the two never drift apart.
//
//   node styles/build.mjs            (or: make styles)
//
// The server puts its own address where {origin} stands. There is no `glyphs` entry: MapLibre then
// draws every letter with the reader's own fonts, and asks nobody for any.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { day, night } from './palettes.mjs';
import { PLACES } from './places.mjs';

const GRID = 'grids', VILLAGE = 'villages', TOWN = 'towns', COUNTY = 'counties';

/** The first name only sets the weight (MapLibre reads it from there); the rest are looked for in turn. */
const font = (weight) => [`Wangge ${weight}`, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif'];

/**
 * A layer that any reader of styles takes as it stands, and what stands in its place where every expression and
 * feature states are known (MapLibre): `refine` in web/src/map and `/wangge.js` put it there. QGIS 3.22 drops a filter
 * that it cannot read, and then draws everything.
 */
const refined = (layer, more) => ({ ...layer, metadata: { 'wangge:refined': more } });

/** Takes the first, from zoom `z` on the second: `byStep(['Regular', 14, 'Bold'])`. */
const byStep = ([low, z, high]) => ['step', ['zoom'], ['literal', font(low)], z, ['literal', font(high)]];
const byZoom = (...stops) => ['interpolate', ['linear'], ['zoom'], ...stops];
/** What `byZoom` of the same stops is at a zoom: a number where the zoom is one. */
function byZoomAt(zoom, ...stops) {
  if (typeof zoom !== 'number') return byZoom(...stops);
  const at = Math.max(0, Math.min(stops.length - 4, 2 * (stops.filter((_, i) => i % 2 === 0).findLastIndex((z) => z <= zoom))));
  const [z, low, next, high] = stops.slice(at, at + 4);
  return Math.round((low + (high - low) * Math.min(1, (zoom - z) / (next - z))) * 100) / 100;
}
const is = (state) => ['boolean', ['feature-state', state], false];
const level = (name) => ['==', ['get', 'level'], name];
const endsWith = (text, tail) => ['==', ['slice', text, -tail.length], tail];

/**
 * Border widths in px. One step is the next level's width; a border thickens by one step every two
 * zooms, and has the width that PAGE names at zoom 11.
 */
const STEPS = [0.36, 0.6, 1.0, 1.6, 2.4, 3.6, 5.2];
const FIRST_STEP = { grid: 0, village: 1, town: 2, county: 3 };
const width = (name) => byZoom(...[9, 11, 13, 15].flatMap((z, i) => [z, STEPS[FIRST_STEP[name] + i]]));

/** A committee's place rather than the committee: 新淤村委会 is labelled 新淤村, 凤兴居委会 凤兴. The longest tail first. */
const TAILS = [['社区居民委员会', 5], ['村民委员会', 4], ['居民委员会', 5], ['社区居委会', 3], ['村委会', 2], ['居委会', 3]];
const placeName = ['let', 'n', ['get', 'name'], ['case',
  ...TAILS.flatMap(([tail, drop]) => [endsWith(['var', 'n'], tail), ['slice', ['var', 'n'], 0, -drop]]),
  ['var', 'n']]];

const source = (layer) => ({ source: 'wangge', 'source-layer': layer });

/**
 * Below these zooms the units of a level are specks, and nobody lays them out: not to be seen, nor to be pointed at.
 */
const SPECKS_BELOW = { [VILLAGE]: 8, [GRID]: 10 };
const from = (layer) => (layer in SPECKS_BELOW ? { minzoom: SPECKS_BELOW[layer] } : {});

/** Land is tinted by the lowest level whose units are still large enough to be told apart by colour. */
function land(p) {
  // Each value as a list of one: QGIS knows no other form.
  const tint = ['match', ['get', 'tint'], ...[0, 1, 2, 3].flatMap((i) => [[i], p.tints[i]]), p.tints[4]];
  const fill = (layer, opacity) => ({
    id: `${layer}-fill`, type: 'fill', ...source(layer), ...from(layer),
    paint: { 'fill-color': tint, 'fill-opacity': opacity, 'fill-antialias': false },
  });
  return [
    fill(COUNTY, 1),
    fill(TOWN, byZoom(11.5, 1, 12.5, 0)),
    fill(VILLAGE, byZoom(11, 0, 12, 1, 14, 1, 15, 0)),
    fill(GRID, byZoom(13.5, 0, 14.5, 1)),
  ];
}

function background(p) {
  const line = (id, layer, filter, color, widths, extra = {}) => ({
    id, type: 'line', source: 'background', 'source-layer': layer, ...(filter ? { filter } : {}),
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': color, 'line-width': widths, ...extra },
  });
  const kind = (...kinds) => ['in', ['get', 'kind'], ['literal', kinds]];
  const comes = (zoom) => ({ 'line-opacity': byZoom(zoom, 0, zoom + 1, 1) });
  return [
    line('canals-minor', 'canals', ['!', kind('river', 'trunk', 'main')], p.water, byZoom(11, 0.4, 13, 1.4, 16, 4), comes(11)),
    line('canals-main', 'canals', kind('main'), p.water, byZoom(9, 0.5, 11, 1.4, 13, 3, 16, 8), comes(8.5)),
    line('canals-trunk', 'canals', kind('river', 'trunk'), p.water, byZoom(7, 0.6, 9, 1.4, 11, 2.6, 13, 5, 16, 16)),
    line('coast', 'coast', null, p.coast, byZoom(8, 0.8, 12, 1.4, 16, 2.4)),
    line('roads-case', 'roads', ['!', kind('street')], p.roadCase, byZoom(11, 1.8, 13, 4, 16, 11), comes(11)),
    line('roads', 'roads', ['!', kind('street')], p.road, byZoom(9, 0.6, 11, 1, 13, 2.6, 16, 8), { 'line-opacity': byZoom(8.5, 0.6, 11, 1) }),
    line('streets', 'roads', kind('street'), p.road, byZoom(13, 0.8, 16, 5), comes(12.5)),
  ];
}

function borders(p) {
  const line = (name, minzoom, extra = {}) => ({
    id: `borders-${name}`, type: 'line', ...source('borders'), minzoom, filter: ['all', level(name), ['!=', ['get', 'void'], true]],
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': p.border[name], 'line-width': width(name), ...extra },
  });
  return [
    line('grid', 8, { 'line-opacity': byZoom(8, 0.12, 9.5, 0.35, 11, 0.7, 13, 1) }),
    // Wide enough to be dashes from zoom 11 on; before that a thin line is quieter.
    { ...line('village', 6, { 'line-opacity': byZoom(6, 0, 8, 0.5, 10, 0.9, 11, 1) }), maxzoom: 11 },
    { ...line('village', 11, p.villageDash ? { 'line-dasharray': p.villageDash } : {}), id: 'borders-village-near',
      layout: { 'line-cap': p.villageDash ? 'butt' : 'round', 'line-join': 'round' } },
    line('town', 4),
    line('county', 0),
    // A river's banks are no county line, though nobody's land begins there.
    { id: 'borders-void', type: 'line', ...source('borders'), filter: ['==', ['get', 'void'], true],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': p.coast, 'line-width': byZoom(7, 0.4, 11, 1, 14, 1.6) } },
  ];
}

/** A name's half diagonal in em by its number of letters, as it breaks into lines of about `LINE` em. */
const LINE = 3.5, LEADING = 1.15;
const reach = (letters) => {
  const lines = Math.ceil(letters / LINE);
  return Math.round(Math.hypot(Math.ceil(letters / lines), lines * LEADING) * 50) / 100;
};

/**
 * Whether a name has room inside its own border at a zoom, or at each: `clearance` is the radius in px at zoom 20 that
 * is free round the point. Han letters are an em wide, others about 0.6; 2 px are the border's own and some air.
 */
function fits(field, sizes, zoom = ['zoom']) {
  const letters = ['*', ['length', ['var', 'text']], ['case', ['<', ['slice', ['var', 'text'], 0, 1], '\u2e80'], 0.6, 1]];
  const ems = ['step', letters, reach(1), ...Array.from({ length: 11 }, (_, i) => [i + 1.01, reach(i + 2)]).flat()];
  return ['let', 'text', ['to-string', field],
    ['>=', ['*', ['get', 'clearance'], ['^', 2, ['-', zoom, 20]]], ['+', 2, ['*', byZoomAt(zoom, ...sizes), ems]]]];
}

/** MapLibre knows whole zooms only in a filter: at these a town's name may come in between, since a phone's county stands there. */
const TOWN_STEPS = [8, 8.25, 8.5, 8.75, 9, 9.5, 10];

/**
 * Names break into short lines: two lines of two or three stand inside a narrow unit where one of six would lie
 * across its border; where neither would stand inside, there is none yet. Once it has come it stays. They give way to
 * each other, the higher level first.
 */
function labels(p) {
  const text = (name, minzoom, maxzoom, sizes, paint, layout = {}) => ({
    id: `labels-${name}`, type: 'symbol', ...source('labels'), minzoom, maxzoom, filter: level(name),
    layout: {
      'text-field': ['get', 'name'], 'text-font': font('Regular'), 'text-size': byZoom(...sizes), 'text-max-width': LINE,
      'text-line-height': LEADING, 'text-padding': 4, 'symbol-sort-key': ['to-number', ['get', 'code'], 0], ...layout,
    },
    paint: { 'text-halo-color': p.halo, 'text-halo-width': 1.4, 'text-halo-blur': 0.4, ...paint },
  });
  const fitted = (layer, name, field, sizes) =>
    refined(layer, { filter: ['all', level(name), fits(field, sizes)], layout: { 'text-field': field } });
  const townSizes = [8, 10, 10, 15, 13, 21];
  const town = text('town', 8, 14.5, townSizes, { 'text-color': p.label.town, 'text-halo-width': 1.8 },
    { 'text-font': font('Bold'), 'text-letter-spacing': 0.06, 'text-padding': 2 });
  const has = (zoom) => fits(['get', 'name'], townSizes, zoom);
  // Those that come at a step; as a plain style they are nobody's, and all in the one that stands last.
  const townStep = (zoom, i) => refined({ ...town, id: `labels-town-${zoom}`, minzoom: zoom, filter: level('') },
    { filter: ['all', level('town'), has(zoom), ...(i > 0 ? [['!', has(TOWN_STEPS[i - 1])]] : [])] });
  const villageSizes = [11, 11, 13, 13, 16, 17], gridSizes = [13, 10, 16, 14];
  return [
    fitted(text('grid', 13, 24, gridSizes, { 'text-color': p.label.grid, 'text-halo-width': 1.8, 'text-halo-blur': 0 }, { 'text-padding': 3 }), 'grid', ['slice', ['get', 'code'], -3], gridSizes),
    fitted(text('village', 11, 24, villageSizes, { 'text-color': p.label.village },
      { 'text-font': byStep(['Regular', 14, 'Bold']), 'text-padding': 6 }), 'village', placeName, villageSizes),
    ...TOWN_STEPS.map(townStep),
    refined(town, { filter: ['all', level('town'), ['!', has(TOWN_STEPS.at(-1))], has()] }),
    text('county', 0, 8, [4, 12, 8, 20], { 'text-color': p.label.town }, { 'text-font': font('Bold'), 'text-letter-spacing': 0.15 }),
  ];
}

const byKind = (column, other) => ['match', ['get', 'kind'], ...PLACES.flatMap((row) => [[row[0]], column(row)]), other];

function places(p) {
  const source = { source: 'places', 'source-layer': 'places' };
  const color = byKind(([, , group]) => p.places[group], p.label.grid);
  return [
    {
      id: 'places', type: 'circle', ...source, minzoom: 12.5,
      paint: {
        'circle-radius': byZoom(12.5, 1.8, 13.9, 3, 14, 7, 16, 10), 'circle-color': color,
        'circle-stroke-color': p.halo, 'circle-stroke-width': byZoom(12.5, 0.6, 14, 1.4),
        'circle-opacity': byZoom(12.5, 0, 13, 1), 'circle-stroke-opacity': byZoom(12.5, 0, 13, 1),
      },
    },
    // A name gives way to every sign: what stands last is placed first.
    {
      id: 'places-name', type: 'symbol', ...source, minzoom: 15,
      layout: {
        'text-field': ['get', 'name'], 'text-font': font('Regular'), 'text-size': 12, 'text-max-width': 12,
        'text-anchor': 'top', 'text-offset': [0, 1],
      },
      paint: { 'text-color': color, 'text-halo-color': p.halo, 'text-halo-width': 1.4 },
    },
    {
      id: 'places-kind', type: 'symbol', ...source, minzoom: 14,
      layout: {
        'text-field': byKind(([, sign]) => sign, '·'), 'text-font': font('Bold'), 'text-size': byZoom(14, 9.5, 16, 13),
        'text-allow-overlap': true, 'text-padding': 8,
      },
      paint: { 'text-color': p.placeInk },
    },
  ];
}

/**
 * What the pointer is over and what is chosen: states of the features, set by the page. Every level has them, so
 * that a town can be chosen as a grid can. Unseen by those who know no states: they would mark every unit, and
 * QGIS draws what is not visible all the same.
 */
const unseen = { visibility: 'none' }, seen = { visibility: 'visible' };
const marked = (p) => [COUNTY, TOWN, VILLAGE, GRID].map((layer) => refined({
  id: `${layer}-marked`, type: 'fill', ...source(layer), layout: unseen, paint: { 'fill-opacity': 0, 'fill-antialias': false },
}, {
  layout: seen,
  paint: {
    'fill-color': ['case', is('chosen'), p.accent, p.hover],
    'fill-opacity': ['case', is('chosen'), layer === GRID ? 0.26 : 0.14, is('hover'), 0.14, 0],
  },
}));

const markedEdge = (p) => [COUNTY, TOWN, VILLAGE, GRID].map((layer) => refined({
  id: `${layer}-marked-edge`, type: 'line', ...source(layer), layout: { 'line-join': 'round', ...unseen }, paint: { 'line-opacity': 0 },
}, {
  layout: seen,
  paint: {
    'line-color': ['case', is('chosen'), p.accent, p.hover],
    'line-width': byZoom(9, ['case', is('chosen'), 2, 1], 14, ['case', is('chosen'), 3.4, 1.6]),
    'line-opacity': ['case', is('chosen'), 1, is('hover'), 0.8, 0],
  },
}));

/** The whole style in one palette, as served but for {origin}. */
export function style(p) {
  const [gridLabels, ...otherLabels] = labels(p);
  return {
    version: 8,
    name: p.name,
    // OpenLayers would look for the fonts on somebody's server; the reader's own are meant.
    metadata: { 'wangge:scheme': p.scheme, 'ol:webfonts': 'data:text/css,' },
    sources: {
      wangge: { type: 'vector', url: '{origin}/tiles/county.json' },
      background: { type: 'vector', url: '{origin}/tiles/background.json', attribution: p.attribution },
      places: { type: 'vector', url: '{origin}/tiles/places.json' },
    },
    transition: { duration: 200, delay: 0 },
    layers: [
      { id: 'paper', type: 'background', paint: { 'background-color': p.paper } },
      {
        id: 'county-shade', type: 'line', ...source('borders'), filter: ['all', level('county'), ['!=', ['get', 'void'], true]],
        layout: { 'line-join': 'round' }, paint: { 'line-color': p.shade, 'line-width': byZoom(7, 6, 11, 18), 'line-blur': byZoom(7, 6, 11, 18), 'line-opacity': p.shadeOpacity },
      },
      ...land(p),
      ...background(p),
      {
        id: 'voids-fill', type: 'fill', ...source('voids'),
        paint: { 'fill-color': p.water, 'fill-antialias': false }, // its banks are lines: see borders-void
      },
      ...marked(p),
      ...borders(p),
      ...markedEdge(p),
      // The last is placed first, and what stands before it gives way.
      gridLabels, ...places(p), ...otherLabels,
    ],
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const palette of [day, night]) {
    writeFileSync(new URL(`./${palette.scheme}.json`, import.meta.url), `${JSON.stringify(style(palette), null, 1)}\n`);
  }
}
