// Which columns of a table are the longitude and the latitude: by their names, and by where their numbers lead.
//
//   名称,纬度,经度         →  { header, lon: 2, lat: 1 }
//   33.75,120.22,井盖      →  no header; 33.75 cannot be a longitude of this county
//   井盖 120°13′16″ 33°45′28″

import type { Rows } from './sheet';

export interface Table {
  /** Null where the first row is a row like any other. */
  header: string[] | null;
  rows: Rows;
  lon: number;
  lat: number;
}

/** west, south, east, north in degrees */
export type Bounds = [number, number, number, number];

const LON = /^(lon|lng|long|longitude|x|经度|东经|.*经度|.*[_ -](lon|lng|longitude))$/i;
const LAT = /^(lat|latitude|y|纬度|北纬|.*纬度|.*[_ -](lat|latitude))$/i;
const SAMPLE = 200;
/** Degrees around the county in which a stray row may lie and still tell longitude from latitude. */
const MARGIN = 3;

/** Degrees, as a number or as 120°13′16.2″E, 东经120度13分16秒; NaN for anything else. */
export function degrees(cell: string): number {
  const text = cell.trim().replace(/^(东经|北纬|[EN])\s*|\s*[EN]$/gi, '');
  if (/^[+-]?\d+(\.\d*)?$/.test(text)) return Number(text);
  const parts = /^(\d+)\s*[°度]\s*(?:(\d+(?:\.\d+)?)\s*[′'分]\s*)?(?:(\d+(?:\.\d+)?)\s*(?:[″"秒]|''))?$/.exec(text);
  return parts ? Number(parts[1]) + Number(parts[2] ?? 0) / 60 + Number(parts[3] ?? 0) / 3600 : NaN;
}

/** Null where no two columns hold coordinates. */
export function tableOf(all: Rows, bounds: Bounds): Table | null {
  const first = all[0] ?? [];
  const named = namedIn(first);
  const headed = (named.lon >= 0 && named.lat >= 0) || (all.length > 1 && first.every((cell) => Number.isNaN(degrees(cell))));
  const rows = headed ? all.slice(1) : all;
  const header = headed ? first : null;
  const sample = rows.slice(0, SAMPLE);
  if (named.lon >= 0 && named.lat >= 0) {
    // Surveyors call the northing x; a name is right unless the numbers say otherwise.
    const swapped = within(sample, named.lat, named.lon, bounds) > within(sample, named.lon, named.lat, bounds);
    return swapped ? { header, rows, lon: named.lat, lat: named.lon } : { header, rows, ...named };
  }
  const best = pairs(sample).map((pair) => ({ ...pair, hits: within(sample, pair.lon, pair.lat, bounds) }));
  const found = best.reduce((a, b) => (b.hits > a.hits ? b : a), { lon: 0, lat: 0, hits: 0 });
  return found.hits > 0 ? { header, rows, lon: found.lon, lat: found.lat } : null;
}

/** Which cells of a header name the coordinates; -1 where none does. */
export const namedIn = (cells: string[]): { lon: number; lat: number } => ({
  lon: cells.findIndex((cell) => LON.test(cell)),
  lat: cells.findIndex((cell) => LAT.test(cell)),
});

/** How many rows lie in or near the county, read so. */
function within(rows: Rows, lon: number, lat: number, bounds: Bounds): number {
  return rows.filter((row) => near(degrees(row[lon] ?? ''), degrees(row[lat] ?? ''), bounds)).length;
}

/** Whether a place lies in or near the county; not where a figure is none. */
export function near(lon: number, lat: number, [west, south, east, north]: Bounds): boolean {
  return lon >= west - MARGIN && lon <= east + MARGIN && lat >= south - MARGIN && lat <= north + MARGIN;
}

function pairs(rows: Rows): { lon: number; lat: number }[] {
  const width = Math.max(0, ...rows.map((row) => row.length));
  const numeric = [...Array(width).keys()].filter((i) => rows.some((row) => !Number.isNaN(degrees(row[i] ?? ''))));
  return numeric.flatMap((lon) => numeric.filter((lat) => lat !== lon).map((lat) => ({ lon, lat })));
}
