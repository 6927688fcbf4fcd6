// What is drawn to select by, and what the server says of it. Pure but for the question.
//
//   area  ≥ 3 points      line  ≥ 2 points      circle  its middle, and a place on it or a radius

import { metresBetween } from '../format';
import { asked, send, type LonLat, type Unit } from '../server';

export type Kind = 'area' | 'line' | 'circle';

export type Shape =
  | { type: 'Polygon'; coordinates: [number, number][][] }
  | { type: 'LineString'; coordinates: [number, number][] }
  | { type: 'Circle'; center: [number, number]; radius_m: number };

export interface Selected extends Unit {
  /** Of the drawn area in the unit; null for a line. */
  area_m2: number | null;
  /** Of the unit's area. */
  share: number | null;
  /** In the drawn area; null where it is not known or not for the reader. */
  households: number | null;
  share_of_households: number | null;
  /** Of the line in the unit; null for an area. */
  length_m: number | null;
}

export interface Selection {
  version: number;
  units: Selected[];
}

/** Points with which a drawing is whole: more are taken, but for a circle. */
export const LEAST: Record<Kind, number> = { area: 3, line: 2, circle: 2 };
export const WIDEST_M = 200_000;

const place = ({ lon, lat }: LonLat): [number, number] => [Number(lon.toFixed(7)), Number(lat.toFixed(7))];

/** Null while there is not enough of it. */
export function shape(kind: Kind, points: LonLat[]): Shape | null {
  const [first, second] = points;
  if (!first || !second || points.length < LEAST[kind]) return null;
  if (kind === 'circle') {
    const radius_m = Math.round(10 * metresBetween(first, second)) / 10;
    return radius_m > 0 && radius_m <= WIDEST_M ? { type: 'Circle', center: place(first), radius_m } : null;
  }
  const line = points.map(place);
  return kind === 'line' ? { type: 'LineString', coordinates: line } : { type: 'Polygon', coordinates: [[...line, place(first)]] };
}

/** The place so far east of another. */
export function eastOf({ lon, lat }: LonLat, metres: number): LonLat {
  return { lon: lon + metres / (111_195 * Math.cos((lat * Math.PI) / 180)), lat };
}

/** A circle to be looked at. */
export function ring(middle: LonLat, rim: LonLat): LonLat[] {
  const north = metresBetween(middle, rim) / 111_195;
  const east = north / Math.cos((middle.lat * Math.PI) / 180);
  return Array.from({ length: 96 }, (_, i) => {
    const turn = (i * 2 * Math.PI) / 96;
    return { lon: middle.lon + east * Math.cos(turn), lat: middle.lat + north * Math.sin(turn) };
  });
}

export const select = (shape: Shape, level: string, v: number | null) => send<Selection>('POST', asked('/api/select', { level, v }), shape);
