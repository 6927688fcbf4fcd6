// The smallest box around some places.

import type { LonLat } from '../server';

/** west, south, east, north in degrees; null around nothing. */
export function around(places: LonLat[]): [number, number, number, number] | null {
  const [first] = places;
  if (!first) return null;
  return places.reduce<[number, number, number, number]>(
    ([west, south, east, north], { lon, lat }) => [Math.min(west, lon), Math.min(south, lat), Math.max(east, lon), Math.max(north, lat)],
    [first.lon, first.lat, first.lon, first.lat],
  );
}
