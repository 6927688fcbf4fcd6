// The reader's own points over the map: a list that was located, the readings of one coordinate; and the
// circle in which a pin may lie. They are sources and layers of this page, laid over whichever style is shown.

import type * as GeoJSON from 'geojson';
import type { CircleLayerSpecification, GeoJSONSource, LayerSpecification, Map, PointLike, StyleSpecification } from 'maplibre-gl';
import { paletteOf } from '../palette';
import type { LonLat } from '../server';
import type { Style } from '../session.svelte';

export interface Drawn {
  at: LonLat;
  /** What the point is to whoever drew it. */
  id: number;
  label?: string;
}

/** More points than these are drawn in clusters. */
const MOST_SINGLE = 2000;
const FONT = ['Wangge Regular', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif'];
const M_PER_DEGREE = 111_320;

type SourceName = 'points' | 'points-many' | 'accuracy';
const collection = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({ type: 'FeatureCollection', features });

export class Points {
  #data: Record<SourceName, GeoJSON.FeatureCollection> = {
    points: collection([]),
    'points-many': collection([]),
    accuracy: collection([]),
  };

  constructor(private readonly map: Map) {}

  /** `style` with these points over it. */
  over(style: StyleSpecification, look: Style): StyleSpecification {
    const sources = {
      points: { type: 'geojson' as const, data: this.#data.points },
      'points-many': { type: 'geojson' as const, data: this.#data['points-many'], cluster: true, clusterRadius: 44, clusterMaxZoom: 16 },
      accuracy: { type: 'geojson' as const, data: this.#data.accuracy },
    };
    return { ...style, sources: { ...style.sources, ...sources }, layers: [...style.layers, ...layers(look)] };
  }

  show(points: Drawn[]): void {
    const features = points.map(({ at, id, label = '' }): GeoJSON.Feature => ({
      type: 'Feature',
      id,
      properties: { id, label },
      geometry: { type: 'Point', coordinates: [at.lon, at.lat] },
    }));
    const many = features.length > MOST_SINGLE;
    this.#put('points', many ? [] : features);
    this.#put('points-many', many ? features : []);
  }

  /** The circle of `metres` around `at`. */
  circle(at: LonLat | null, metres: number | null): void {
    this.#put('accuracy', at && metres ? [{ type: 'Feature', properties: {}, geometry: ring(at, metres) }] : []);
  }

  /** The point under the pointer. A cluster is opened instead. */
  hit(point: PointLike): number | 'cluster' | null {
    const ids = ['points', 'points-many', 'points-cluster'].filter((id) => this.map.getLayer(id));
    const [found] = this.map.queryRenderedFeatures(point, { layers: ids });
    if (!found) return null;
    if (!found.properties.cluster) return Number(found.properties.id);
    void this.#open(Number(found.properties.cluster_id), found.geometry as GeoJSON.Point);
    return 'cluster';
  }

  async #open(cluster: number, { coordinates }: GeoJSON.Point): Promise<void> {
    const zoom = await this.map.getSource<GeoJSONSource>('points-many')?.getClusterExpansionZoom(cluster);
    if (zoom !== undefined) this.map.easeTo({ center: coordinates as [number, number], zoom, duration: 250 });
  }

  #put(name: SourceName, features: GeoJSON.Feature[]): void {
    if (features.length === 0 && this.#data[name].features.length === 0) return;
    this.#data[name] = collection(features);
    void this.map.getSource<GeoJSONSource>(name)?.setData(this.#data[name]);
  }
}

function ring({ lon, lat }: LonLat, metres: number): GeoJSON.Polygon {
  const [x, y] = [metres / (M_PER_DEGREE * Math.cos((lat * Math.PI) / 180)), metres / M_PER_DEGREE];
  const corners = [...Array(65).keys()].map((i) => (i / 64) * 2 * Math.PI);
  return { type: 'Polygon', coordinates: [corners.map((turn) => [lon + x * Math.cos(turn), lat + y * Math.sin(turn)])] };
}

function layers(look: Style): LayerSpecification[] {
  const palette = paletteOf(look);
  const ground = look === 'day' ? '#fffefb' : '#10161d';
  const dot: CircleLayerSpecification['paint'] = { 'circle-color': palette.accent, 'circle-stroke-color': ground, 'circle-stroke-width': 1.4 };
  const single = { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 3.4, 14, 6.5] as const, ...dot };
  return [
    { id: 'accuracy', type: 'fill', source: 'accuracy', paint: { 'fill-color': palette.accent, 'fill-opacity': 0.12 } },
    { id: 'accuracy-edge', type: 'line', source: 'accuracy', paint: { 'line-color': palette.accent, 'line-width': 1.2, 'line-dasharray': [3, 2] } },
    { id: 'points', type: 'circle', source: 'points', paint: single as CircleLayerSpecification['paint'] },
    { id: 'points-many', type: 'circle', source: 'points-many', filter: ['!', ['has', 'point_count']], paint: single as CircleLayerSpecification['paint'] },
    {
      id: 'points-cluster',
      type: 'circle',
      source: 'points-many',
      filter: ['has', 'point_count'],
      paint: { ...dot, 'circle-radius': ['step', ['get', 'point_count'], 13, 100, 16, 1000, 20, 10_000, 24] },
    },
    {
      id: 'points-count',
      type: 'symbol',
      source: 'points-many',
      filter: ['has', 'point_count'],
      layout: { 'text-field': ['number-format', ['get', 'point_count'], {}], 'text-font': FONT, 'text-size': 12, 'text-allow-overlap': true },
      paint: { 'text-color': ground },
    },
    {
      id: 'points-label',
      type: 'symbol',
      source: 'points',
      filter: ['!=', ['get', 'label'], ''],
      layout: { 'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 13, 'text-anchor': 'left', 'text-offset': [0.8, 0], 'text-allow-overlap': true },
      paint: { 'text-color': palette.accent, 'text-halo-color': ground, 'text-halo-width': 1.8 },
    },
  ];
}
