// Rows that do not read as the others do, each by itself: with its own separator, its own order, its own columns.
//
//   井盖,120.2212,33.7579          as the others do
//   路灯；33.7701；120.2512        by itself: 路灯 | 120.2512 | 33.7701
//   桥 东   120.25 33.77           by itself: 桥 东 | 120.25 | 33.77

import { degrees, namedIn, near, tableOf, type Bounds, type Table } from './columns';
import type { Sheet } from './sheet';

type Columns = Pick<Table, 'lon' | 'lat'>;

const ANY_MARK = /[\t,;，；、]/;
const WHOLE = /$^/;
/** From the separator of one kind to all at once: what is parted less keeps a name together. */
const WAYS = [/\t/, /,/, /[;；]/, /，/, /、/, ANY_MARK, /\s{2,}/, WHOLE, /[\t,;，；、\s]+/];
const NUMBER = String.raw`[+-]?\d+(?:\.\d+)?`;
const TWO_NUMBERS = new RegExp(`^(.*?)\\s*(${NUMBER})\\s+(${NUMBER})$`);

/** The table of a sheet, its odd rows read by themselves. Null where no row holds a coordinate. */
export function mixedTable({ rows, lines }: Sheet, bounds: Bounds): Table | null {
  // Where each line has its own way there are no columns yet.
  const table = tableOf(rows, bounds) ?? { header: null, rows, lon: 0, lat: 1 };
  const odd = (line: string) => byItself(line, table, bounds);
  // A row with another separator than most looks like a header: one cell, and no figure.
  const headed = rows.length > 1 && (table.header !== null || !fits(rows[0] ?? [], table, bounds)) && odd(lines[0] ?? '') === null;
  const names = headed ? cellsOf(lines[0] ?? '', ANY_MARK) : [];
  const named = namedIn(names);
  const parted = named.lon >= 0 && named.lat >= 0 && names.length !== table.header?.length;
  const header = parted ? arranged(names, named, table) : headed ? (table.header ?? null) : null;
  const model = rows.find((row) => fits(row, table, bounds)) ?? [];
  const second = pairOf(model.map((cell, i) => (i === table.lon || i === table.lat ? '' : cell)), bounds) !== null;
  const from = headed ? 1 : 0;
  const read = (row: string[], i: number): string[] => {
    if (fits(row, table, bounds)) return row;
    const line = lines[from + i] ?? '';
    const turned = row.length === model.length ? swapped(row, table, bounds) : null;
    // Where rows hold two coordinates, what is missing of one must not be taken from the other.
    if (turned || (second && row.length === model.length)) return turned ?? row;
    return odd(line) ?? (parted ? asNamed(line, names.length, named, table) : null) ?? row;
  };
  const all = rows.slice(from).map(read);
  return all.some((row) => fits(row, table, bounds)) ? { ...table, header, rows: all } : null;
}

/** Whether a row's coordinate stands in the table's columns. */
const fits = (row: string[], { lon, lat }: Columns, bounds: Bounds): boolean => near(degrees(row[lon] ?? ''), degrees(row[lat] ?? ''), bounds);

/** A row whose longitude and latitude stand in each other's column. */
function swapped(row: string[], { lon, lat }: Columns, bounds: Bounds): string[] | null {
  if (!fits(row, { lon: lat, lat: lon }, bounds)) return null;
  return row.map((cell, i) => (i === lon ? (row[lat] ?? '') : i === lat ? (row[lon] ?? '') : cell));
}

/** A line as a row of the table; null where it holds no coordinate in or near the county. */
function byItself(line: string, table: Columns, bounds: Bounds): string[] | null {
  for (const way of WAYS.filter((way) => way === WHOLE || way.test(line))) {
    const cells = cellsOf(line, way);
    const pair = pairOf(cells, bounds);
    if (pair) return arranged(cells, pair, table);
  }
  return null;
}

/** A line without a coordinate as a row of the table, where it has as many cells as the header has names. */
function asNamed(line: string, count: number, named: Columns, table: Columns): string[] | null {
  const cells = WAYS.map((way) => line.split(way).map((cell) => cell.trim())).find(({ length }) => length === count);
  return cells ? arranged(cells, named, table) : null;
}

/** Cells with their coordinate put where the table has it, the others around it in their order. */
function arranged(cells: string[], pair: Columns, { lon, lat }: Columns): string[] {
  const rest = cells.filter((_, i) => i !== pair.lon && i !== pair.lat);
  const row: string[] = [];
  while (rest.length > 0 || row.length <= Math.max(lon, lat)) {
    row.push((row.length === lon ? cells[pair.lon] : row.length === lat ? cells[pair.lat] : rest.shift()) ?? '');
  }
  return row;
}

/** The cells of a line; two figures that only a blank parts are two. */
function cellsOf(line: string, way: RegExp): string[] {
  const cells = line.split(way).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  return cells.flatMap((cell) => {
    const two = TWO_NUMBERS.exec(cell);
    return two ? two.slice(1).filter((part) => part !== '') : [cell];
  });
}

/** Two cells beside each other that lie in or near the county, whichever comes first. */
function pairOf(cells: string[], bounds: Bounds): Columns | null {
  const figures = cells.map(degrees);
  for (let i = 0; i + 1 < figures.length; i++) {
    const [a, b] = [figures[i] ?? NaN, figures[i + 1] ?? NaN];
    if (near(a, b, bounds)) return { lon: i, lat: i + 1 };
    if (near(b, a, bounds)) return { lon: i + 1, lat: i };
  }
  return null;
}
