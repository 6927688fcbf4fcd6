// The plan on the map, over the draft's own tiles:
//
//   what changes hands   hatched, its edge strong        what is no border now   dotted, in the colour of danger
//   what is being drawn  a line with its points          where it is taken to    small rings
//   the units it is of   veiled                          what bars publishing    marks, to be clicked
//   suggested pieces     coloured, each with its figure

import type * as GeoJSON from 'geojson';
import type { ExpressionSpecification, GeoJSONSource, LayerSpecification, Map, StyleSpecification } from 'maplibre-gl';
import { paletteOf } from '../palette';
import type { LonLat } from '../server';
import type { Style } from '../session.svelte';
import type { Changes, Place } from './api';

const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
type Data = GeoJSON.FeatureCollection;

/** The sources, by what they hold. */
const NAMES = ['changes', 'ghosts', 'trial', 'pieces', 'line', 'marks'] as const;
type Name = (typeof NAMES)[number];
const idOf = (name: string) => `plan-${name}`;

export interface Line {
  points: LonLat[];
  /** Where the next point would be. */
  aim: LonLat | null;
  /** Whether it closes. */
  area: boolean;
  /** What is drawn, where it does not go from point to point. */
  along?: LonLat[];
  /** Where its points are taken to. */
  rings: LonLat[];
}

/** A piece that is suggested. */
export interface Piece {
  geometry: GeoJSON.MultiPolygon;
  text: string;
}

export interface Mark {
  id: number;
  at: Place;
  kind: 'defect' | 'refused';
}

export class Sketch {
  #map: Map | null = null;
  #look: Style = 'day';
  #data: Record<Name, Data> = { changes: empty, ghosts: empty, trial: empty, pieces: empty, line: empty, marks: empty };
  #units: number[] = [];

  /** `style` with all this in it. */
  over(style: StyleSpecification, look: Style): StyleSpecification {
    this.#look = look;
    const sources = { ...style.sources, ...this.#sources() };
    const layers = [...style.layers];
    for (const { layer, below } of this.#layers(style)) {
      const at = layers.findIndex(({ id }) => id === below);
      layers.splice(at < 0 ? layers.length : at, 0, layer);
    }
    return { ...style, sources, layers };
  }

  enter(map: Map, look: Style): () => void {
    this.#map = map;
    this.#look = look;
    map.setMissingStyleImageResolver((id) => {
      if (isHatch(id) && !map.hasImage(id)) map.addImage(id, hatched(id), { pixelRatio: 2 });
    });
    if (map.getSource('wangge')) this.#add(map);
    return () => {
      this.#map = null;
      if (map.style) map.setMissingStyleImageResolver(null);
      this.#remove(map);
    };
  }

  changes(changes: Changes | null): void {
    this.#put('changes', changes ?? empty);
  }

  /** Lines that were borders. */
  ghosts(lines: Data): void {
    this.#put('ghosts', lines);
  }

  trial(changes: Changes | null): void {
    this.#put('trial', changes ?? empty);
  }

  /** Each in one of a few colours. */
  pieces(pieces: Piece[]): void {
    const areas = pieces.map(({ geometry }, i): GeoJSON.Feature => ({ type: 'Feature', properties: { tint: i % TINTS.length }, geometry }));
    const texts = pieces.map(({ geometry, text }): GeoJSON.Feature => ({ type: 'Feature', properties: { text }, geometry: { type: 'Point', coordinates: middle(geometry) } }));
    this.#put('pieces', { type: 'FeatureCollection', features: [...areas, ...texts] });
  }

  line({ points, aim, area, rings, along }: Line): void {
    const all = (along ?? [...points, ...(aim ? [aim] : [])]).map(({ lon, lat }): Place => [lon, lat]);
    const features: GeoJSON.Feature[] = [];
    const add = (kind: string, geometry: GeoJSON.Geometry) => features.push({ type: 'Feature', properties: { kind }, geometry });
    const [first] = all;
    if (first && all.length > 2 && area) add('area', { type: 'Polygon', coordinates: [[...all, first]] });
    if (first && all.length > 1) add('line', { type: 'LineString', coordinates: area && all.length > 2 ? [...all, first] : all });
    for (const { lon, lat } of points) add('point', { type: 'Point', coordinates: [lon, lat] });
    for (const { lon, lat } of rings) add('ring', { type: 'Point', coordinates: [lon, lat] });
    this.#put('line', { type: 'FeatureCollection', features });
  }

  marks(marks: Mark[]): void {
    this.#put('marks', {
      type: 'FeatureCollection',
      features: marks.map(({ id, at, kind }) => ({ type: 'Feature', properties: { id, kind }, geometry: { type: 'Point', coordinates: at } })),
    });
  }

  /** The mark under the pointer, if any. */
  markAt(x: number, y: number): number | null {
    const layer = idOf('marks');
    if (!this.#map?.getLayer(layer)) return null;
    const reach = 6;
    const [found] = this.#map.queryRenderedFeatures([[x - reach, y - reach], [x + reach, y + reach]], { layers: [layer] });
    return found && found.properties['kind'] === 'defect' ? Number(found.properties['id']) : null;
  }

  units(uids: number[]): void {
    this.#units = uids;
    const map = this.#map;
    for (const id of map ? ['units', 'units-edge'].map(idOf) : []) {
      if (!map?.getLayer(id)) continue;
      map.setFilter(id, ['in', ['id'], ['literal', uids]]);
      map.setPaintProperty(id, id === idOf('units') ? 'fill-color' : 'line-color', this.#order());
    }
  }

  #put(name: Name, data: Data): void {
    if (data.features.length === 0 && this.#data[name].features.length === 0) return;
    this.#data[name] = data;
    void this.#map?.getSource<GeoJSONSource>(idOf(name))?.setData(data);
  }

  #add(map: Map): void {
    const style = map.getStyle();
    for (const [id, source] of Object.entries(this.#sources())) if (!map.getSource(id)) map.addSource(id, source);
    for (const { layer, below } of this.#layers(style)) if (!map.getLayer(layer.id)) map.addLayer(layer, below && map.getLayer(below) ? below : undefined);
  }

  #remove(map: Map): void {
    if (!map.style) return; // the map itself is gone
    for (const { layer } of this.#layers(map.getStyle())) if (map.getLayer(layer.id)) map.removeLayer(layer.id);
    for (const id of NAMES.map(idOf)) if (map.getSource(id)) map.removeSource(id);
  }

  #sources(): StyleSpecification['sources'] {
    return Object.fromEntries(NAMES.map((name) => [idOf(name), { type: 'geojson' as const, data: this.#data[name] }]));
  }

  /** The first of two units in the accent, those after it in another colour: who gives, who gains. */
  #order(): ExpressionSpecification {
    const { accent } = paletteOf(this.#look);
    return ['case', ['==', ['id'], this.#units[0] ?? -1], accent, second(this.#look)];
  }

  #layers(style: StyleSpecification): { layer: LayerSpecification; below: string | undefined }[] {
    const look = this.#look;
    const { accent, label, halo } = paletteOf(look);
    const warn = second(look);
    const written = style.layers.find(({ type }) => type === 'symbol')?.id;
    const lowest = style.layers.find(({ id }) => id === 'grids-fill');
    const plural = (lowest && 'source-layer' in lowest && lowest['source-layer']) || 'grids';
    const units = { source: 'wangge', 'source-layer': plural, filter: ['in', ['id'], ['literal', this.#units]] as ExpressionSpecification };
    const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
    const of = (kind: string): ExpressionSpecification => ['==', ['get', 'kind'], kind];
    const under: LayerSpecification[] = [
      { id: idOf('units'), type: 'fill', ...units, paint: { 'fill-color': this.#order(), 'fill-opacity': 0.2 } },
      { id: idOf('changes-veil'), type: 'fill', source: idOf('changes'), paint: { 'fill-color': accent, 'fill-opacity': 0.1 } },
      { id: idOf('changes'), type: 'fill', source: idOf('changes'), paint: { 'fill-pattern': `plan-hatch-${look}`, 'fill-opacity': 0.75 } },
      { id: idOf('trial-veil'), type: 'fill', source: idOf('trial'), paint: { 'fill-color': warn, 'fill-opacity': 0.14 } },
      { id: idOf('trial'), type: 'fill', source: idOf('trial'), paint: { 'fill-pattern': `plan-hatch-trial-${look}`, 'fill-opacity': 0.9 } },
    ];
    const tint: ExpressionSpecification = ['match', ['get', 'tint'], ...TINTS.slice(1).flatMap((color, i) => [i + 1, color]), TINTS[0]] as unknown as ExpressionSpecification;
    under.push({ id: idOf('pieces'), type: 'fill', source: idOf('pieces'), filter: ['has', 'tint'], paint: { 'fill-color': tint, 'fill-opacity': 0.38 } });
    const above: LayerSpecification[] = [
      { id: idOf('changes-edge'), type: 'line', source: idOf('changes'), layout: round, paint: { 'line-color': accent, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 1.2, 14, 2.4] } },
      // Dots, as no border has them; where they are, what changes hands has its edge too.
      { id: idOf('ghosts-case'), type: 'line', source: idOf('ghosts'), layout: round, paint: { 'line-color': halo, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 2, 14, 4.4] } },
      { id: idOf('ghosts'), type: 'line', source: idOf('ghosts'), layout: round, paint: { 'line-color': danger(look), 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 1.2, 14, 2.2], 'line-dasharray': [0, 2.4] } },
      { id: idOf('units-edge'), type: 'line', ...units, layout: { 'line-join': 'round' }, paint: { 'line-color': this.#order(), 'line-width': 2.4 } },
      { id: idOf('trial-edge'), type: 'line', source: idOf('trial'), layout: round, paint: { 'line-color': warn, 'line-width': 2 } },
      { id: idOf('pieces-edge'), type: 'line', source: idOf('pieces'), filter: ['has', 'tint'], layout: round, paint: { 'line-color': warn, 'line-width': 2.6 } },
      { id: idOf('line-area'), type: 'fill', source: idOf('line'), filter: of('area'), paint: { 'fill-color': accent, 'fill-opacity': 0.08 } },
      { id: idOf('line-case'), type: 'line', source: idOf('line'), filter: of('line'), layout: round, paint: { 'line-color': halo, 'line-width': 5.5, 'line-opacity': 0.8 } },
      { id: idOf('line'), type: 'line', source: idOf('line'), filter: of('line'), layout: round, paint: { 'line-color': accent, 'line-width': 2.6 } },
      { id: idOf('points'), type: 'circle', source: idOf('line'), filter: of('point'), paint: { 'circle-radius': 4.5, 'circle-color': halo, 'circle-stroke-color': accent, 'circle-stroke-width': 2.2 } },
      { id: idOf('rings'), type: 'circle', source: idOf('line'), filter: of('ring'), paint: { 'circle-radius': 8, 'circle-color': 'transparent', 'circle-stroke-color': warn, 'circle-stroke-width': 2 } },
      { id: idOf('marks'), type: 'circle', source: idOf('marks'), paint: { 'circle-radius': 9, 'circle-color': danger(look), 'circle-stroke-color': halo, 'circle-stroke-width': 2 } },
    ];
    const figure: LayerSpecification = {
      id: idOf('pieces-text'),
      type: 'symbol',
      source: idOf('pieces'),
      filter: ['has', 'text'],
      layout: { 'text-field': ['get', 'text'], 'text-font': FONT, 'text-size': ['interpolate', ['linear'], ['zoom'], 12, 11, 15, 15], 'text-padding': 1 },
      paint: { 'text-color': label.town, 'text-halo-color': halo, 'text-halo-width': 2.4 },
    };
    const name: LayerSpecification = {
      id: idOf('marks-sign'),
      type: 'symbol',
      source: idOf('marks'),
      layout: { 'text-field': '!', 'text-font': FONT, 'text-size': 13, 'text-allow-overlap': true, 'text-ignore-placement': true },
      paint: { 'text-color': halo },
    };
    return [
      ...under.map((layer) => ({ layer, below: 'borders-grid' })),
      ...above.map((layer) => ({ layer, below: written })),
      { layer: figure, below: undefined },
      { layer: name, below: undefined },
    ];
  }
}

/** Of suggested pieces: told apart by day and by night. */
const TINTS = ['#4c8dd6', '#e0a030', '#57a868', '#b06cc0', '#d9694f'];
const FONT = ['Wangge Regular', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif'];
/** As the panels have them: app.css. */
const second = (look: Style) => (look === 'day' ? '#b3402f' : '#f0c268');
const danger = (look: Style) => (look === 'day' ? '#a8261c' : '#ff8d80');

/** The centre of gravity of the largest part. */
function middle({ coordinates }: GeoJSON.MultiPolygon): Place {
  let best = { size: 0, at: [0, 0] as Place };
  for (const [ring] of coordinates) {
    const [ox = 0, oy = 0] = ring?.[0] ?? [];
    let [size, x, y] = [0, 0, 0];
    ring?.slice(1).forEach(([bx = 0, by = 0], i) => {
      const [ax = 0, ay = 0] = ring[i] ?? [];
      const cross = (ax - ox) * (by - oy) - (bx - ox) * (ay - oy);
      size += cross;
      x += cross * (ax + bx - 2 * ox);
      y += cross * (ay + by - 2 * oy);
    });
    if (Math.abs(size) > best.size) best = { size: Math.abs(size), at: [ox + x / (3 * size), oy + y / (3 * size)] };
  }
  return best.at;
}

const isHatch = (id: string) => id.startsWith('plan-hatch-');

/** A square of 16 px that goes on in all directions: lines from lower left to upper right, in what is tried the other way. */
function hatched(id: string): { width: number; height: number; data: Uint8ClampedArray } {
  const size = 16;
  const look: Style = id.endsWith('night') ? 'night' : 'day';
  const tried = id.includes('trial');
  const color = tried ? second(look) : paletteOf(look).accent;
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16)) as [number, number, number];
  const data = new Uint8ClampedArray(size * size * 4);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const off = (tried ? x - y + size : x + y) % size;
      const ink = Math.max(0, 1 - Math.abs(off - size / 2) / 2);
      // MapLibre takes colours that their opacity has been multiplied with.
      data.set([r * ink, g * ink, b * ink, 255 * ink], (y * size + x) * 4);
    }
  }
  return { width: size, height: size, data };
}
