// The datums that coordinates come in, and the way back to WGS84, in which the map is drawn. The server
// answers for itself (src/crs/datum.rs, the same formulas); this is for the points of a list, which it
// answers without their place.
//
//   WGS84 = CGCS2000 ──shift──▶ GCJ-02 (Amap, Tencent) ──turn──▶ BD-09 (Baidu)
//                    ◀─iterate─                        ◀─iterate─

import type { LonLat } from './server';

export const DATUMS = ['wgs84', 'gcj02', 'bd09'] as const;
export type Datum = (typeof DATUMS)[number];

/** `any`: nobody knows, so every reading is shown. */
export type Stated = Datum | 'any';

const STORED = 'wangge.datum';

/** The datum chosen last; remembered on this machine, since it depends on where one copies from. */
export function remembered(): Stated {
  try {
    const stored = localStorage.getItem(STORED);
    return [...DATUMS, 'any' as const].find((datum) => datum === stored) ?? 'wgs84';
  } catch {
    return 'wgs84'; // storage is closed to us
  }
}

export function remember(datum: Stated): void {
  try {
    localStorage.setItem(STORED, datum);
  } catch {
    // Then it holds for this visit.
  }
}

export function toWgs84(place: LonLat, datum: Datum): LonLat {
  if (datum === 'wgs84') return place;
  return fromGcj02(datum === 'bd09' ? invert(bd09, place) : place);
}

const inChina = ({ lon, lat }: LonLat) => lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;
const fromGcj02 = (place: LonLat) => (inChina(place) ? invert(gcj02, place) : place);

// Krasovsky 1940, whatever ellipsoid the coordinates are on.
const A = 6_378_245;
const EE = 0.006_693_421_622_965_823;

const waves = (a: number, u: number, b: number, v: number) => ((a * Math.sin(u * Math.PI) + b * Math.sin(v * Math.PI)) * 2) / 3;

function gcj02({ lon, lat }: LonLat): LonLat {
  const [x, y] = [lon - 105, lat - 35];
  const root = Math.sqrt(Math.abs(x));
  const ripple = waves(20, 6 * x, 20, 2 * x);
  const east =
    300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple + waves(20, x, 40, x / 3) + waves(150, x / 12, 300, x / 30);
  const north =
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple + waves(20, y, 40, y / 3) + waves(160, y / 12, 320, y / 30);
  const phi = (lat * Math.PI) / 180;
  const magic = 1 - EE * Math.sin(phi) ** 2;
  const meridian = ((A * (1 - EE)) / (magic * Math.sqrt(magic))) * Math.PI;
  const parallel = (A / Math.sqrt(magic)) * Math.cos(phi) * Math.PI;
  return { lon: lon + (east * 180) / parallel, lat: lat + (north * 180) / meridian };
}

function bd09({ lon, lat }: LonLat): LonLat {
  const turn = (Math.PI * 3000) / 180;
  const z = Math.hypot(lon, lat) + 0.00002 * Math.sin(lat * turn);
  const theta = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * turn);
  return { lon: z * Math.cos(theta) + 0.0065, lat: z * Math.sin(theta) + 0.006 };
}

/** Where `forward` leads to `place`: fixed-point steps, to 1e-9 degree. */
function invert(forward: (place: LonLat) => LonLat, place: LonLat): LonLat {
  let guess = place;
  for (let step = 0; step < 20; step++) {
    const reached = forward(guess);
    const [dx, dy] = [place.lon - reached.lon, place.lat - reached.lat];
    guess = { lon: guess.lon + dx, lat: guess.lat + dy };
    if (Math.abs(dx) < 1e-12 && Math.abs(dy) < 1e-12) break;
  }
  return guess;
}
