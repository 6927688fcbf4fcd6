// The address bar: `#map=zoom/lat/lon&style=night&lang=en&at=lon,lat`. MapLibre keeps `map` itself
// (its option `hash: 'map'`); the rest is read and written here. What has its default is left out.

import type { LonLat } from './server';

const params = () => new URLSearchParams(location.hash.slice(1));

export function read(key: 'style' | 'lang'): string | null {
  return params().get(key);
}

export function readPoint(): LonLat | null {
  const [lon, lat, ...rest] = (params().get('at') ?? '').split(',').map(Number);
  const fine = rest.length === 0 && lon !== undefined && lat !== undefined && Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
  return fine ? { lon, lat } : null;
}

/** Replaces one entry, or drops it if `value` is null; makes no step in the history. */
export function write(key: 'style' | 'lang' | 'at', value: string | null): void {
  const next = params();
  if (value === null) next.delete(key);
  else next.set(key, value);
  // Slashes and commas are allowed in a fragment, and read better than %2F and %2C.
  const hash = next.toString().replaceAll('%2F', '/').replaceAll('%2C', ',');
  history.replaceState(history.state, '', hash ? `#${hash}` : location.pathname + location.search);
}
