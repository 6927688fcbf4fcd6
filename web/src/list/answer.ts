// A table asked of the server and its answer, row by row.
//
//   lon,lat,note                     lon,lat,note,county,town,village,grid,on_border,error
//   120.3,33.7,井盖        →         120.3,33.7,井盖,320924,320924100,…,320924100001003,false,

import { toWgs84, type Datum } from '../datum';
import { asked, refusal, type LonLat } from '../server';
import { degrees, type Table } from './columns';
import { csvOf, rowsOf, type Rows } from './sheet';

export type Fault = 'empty' | 'number' | 'range' | { said: string };

export interface Item {
  /** As the file counts its rows: the first below the header is 1. */
  row: number;
  label: string;
  /** In WGS84; null for a bad row. */
  at: LonLat | null;
  /** Codes, top level first; empty where the point lies in no unit of the level. */
  codes: string[];
  fault: Fault | null;
}

export interface Answer {
  items: Item[];
  /** As the server wrote it. */
  csv: string;
}

export async function locateAll(table: Table, datum: Datum, levels: number, v: number | null, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(asked('/api/locate', { crs: datum, v }), {
    method: 'POST',
    headers: { 'content-type': 'text/csv', accept: 'text/csv' },
    body: csvOf(question(table)),
    signal,
  });
  if (!response.ok) throw await refusal(response);
  const csv = await response.text();
  const answered = rowsOf(csv).slice(1);
  return { csv, items: table.rows.map((row, i) => item(table, row, i, answered[i] ?? [], datum, levels)) };
}

/** The server goes by the names of the first columns, in decimal degrees: the table's own columns follow them. */
function question({ header, rows, lon, lat }: Table): Rows {
  const width = Math.max(header?.length ?? 0, ...rows.slice(0, 1000).map((row) => row.length));
  const names = [...Array(width).keys()].map((i) => header?.[i] || `column_${i + 1}`);
  const rest = [...Array(width).keys()].filter((i) => i !== lon && i !== lat);
  const plain = (cell: string | undefined) => {
    const value = degrees(cell ?? '');
    return Number.isNaN(value) || /^[\d.+-]+$/.test(cell ?? '') ? (cell ?? '') : value.toFixed(8);
  };
  return [
    ['lon', 'lat', ...rest.map((i) => names[i] ?? '')],
    ...rows.map((row) => [plain(row[lon]), plain(row[lat]), ...rest.map((i) => row[i] ?? '')]),
  ];
}

function item(table: Table, row: string[], index: number, answer: string[], datum: Datum, levels: number): Item {
  const [x, y] = [row[table.lon] ?? '', row[table.lat] ?? ''];
  const [lon, lat] = [degrees(x), degrees(y)];
  const said = answer.at(-1) ?? '';
  const fault = faultOf(x, y, lon, lat) ?? (said ? { said } : null);
  return {
    row: index + 1,
    label: labelOf(table, row),
    at: fault ? null : toWgs84({ lon, lat }, datum),
    codes: fault ? [] : answer.slice(-2 - levels, -2),
    fault,
  };
}

function faultOf(x: string, y: string, lon: number, lat: number): Fault | null {
  if (x === '' || y === '') return 'empty';
  if (Number.isNaN(lon) || Number.isNaN(lat)) return 'number';
  return Math.abs(lon) > 180 || Math.abs(lat) > 90 ? 'range' : null;
}

/** What a reader knows the row by: its first cells that are no coordinate. */
function labelOf({ lon, lat }: Table, row: string[]): string {
  const words = row.filter((cell, i) => i !== lon && i !== lat && cell !== '');
  return words.slice(0, 2).join(' · ') || `${row[lon] ?? ''}, ${row[lat] ?? ''}`;
}
