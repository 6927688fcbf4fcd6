// Where a drawn point would be taken to: a vertex of a border near the pointer, or else the border itself. Read from the
// tiles that are drawn, to be shown at once; the server does it exactly.

import type * as GeoJSON from 'geojson';
import type { Map, Point } from 'maplibre-gl';
import type { LonLat } from '../server';

const BORDERS = ['borders-grid', 'borders-village', 'borders-village-near', 'borders-town', 'borders-county', 'borders-void'];

export interface Snap {
  at: LonLat;
  onto: 'vertex' | 'border';
}

export function snap(map: Map, at: Point, reach: number): Snap | null {
  const layers = BORDERS.filter((id) => map.getLayer(id));
  const found = map.queryRenderedFeatures([[at.x - reach, at.y - reach], [at.x + reach, at.y + reach]], { layers });
  const lines = found.flatMap(({ geometry }) => linesOf(geometry));
  let best: { far: number; x: number; y: number; onto: Snap['onto'] } | null = null;
  const offer = (x: number, y: number, onto: Snap['onto']) => {
    const far = Math.hypot(x - at.x, y - at.y);
    if (far <= reach && (!best || far < best.far)) best = { far, x, y, onto };
  };
  const drawn = lines.map((line) => line.map(([lon = 0, lat = 0]) => map.project([lon, lat])));
  for (const line of drawn) for (const { x, y } of line) offer(x, y, 'vertex');
  if (!best) for (const line of drawn) line.slice(1).forEach((b, i) => line[i] && offer(...foot(at, line[i], b), 'border'));
  if (!best) return null;
  const { x, y, onto } = best as { x: number; y: number; onto: Snap['onto'] };
  const { lng, lat } = map.unproject([x, y]);
  return { at: { lon: lng, lat }, onto };
}

const linesOf = (geometry: GeoJSON.Geometry): GeoJSON.Position[][] =>
  geometry.type === 'LineString' ? [geometry.coordinates] : geometry.type === 'MultiLineString' ? geometry.coordinates : [];

/** The point of the segment a–b that is nearest to p. */
function foot(p: Point, a: Point, b: Point): [number, number] {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const share = length > 0 ? Math.min(1, Math.max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length)) : 0;
  return [a.x + share * dx, a.y + share * dy];
}
