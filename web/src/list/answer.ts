// A table asked of the server and its answer, row by row: under one datum, or under each where nobody knows it.
//
//   lon,lat,note                     lon,lat,note,county,town,village,grid,on_border,error
//   120.3,33.7,井盖        →         120.3,33.7,井盖,320924,320924100,…,320924100001003,false,

import { DATUMS, toWgs84, type Datum, type Stated } from '../datum';
import { asked, refusal, type LonLat } from '../server';
import { degrees, type Table } from './columns';
import { csvOf, rowsOf, type Rows } from './sheet';

export type Fault = 'empty' | 'number' | 'range' | { said: string };

/** Where a row lies under one datum. */
export interface Reading {
  datum: Datum;
  /** In WGS84. */
  at: LonLat;
  /** Codes, top level first; empty where the point lies in no unit of the level. */
  codes: string[];
}

export interface Item {
  /** As the file counts its rows: the first below the header is 1. */
  row: number;
  label: string;
  /** As the row has them; null for a bad row. */
  given: LonLat | null;
  /** One, or one for each datum; none for a bad row. */
  readings: Reading[];
  fault: Fault | null;
}

export interface Answer {
  items: Item[];
  csv: string;
}

/** What the lowest level's codes are under each datum, and whether they are the same. */
export const isCertain = ({ readings }: Item): boolean => readings.every(({ codes }) => lowest(codes) === lowest(readings[0]?.codes ?? []));

/** The code of the lowest unit; '' where there is none. */
export const lowest = (codes: string[]): string => codes.findLast((code) => code !== '') ?? '';

export async function locateAll(table: Table, datum: Stated, levels: number, v: number | null, signal: AbortSignal): Promise<Answer> {
  const body = csvOf(question(table));
  const datums = datum === 'any' ? DATUMS : [datum];
  const texts = await Promise.all(datums.map((one) => ask(body, one, v, signal)));
  const answers = datums.map((datum, i) => ({ datum, rows: rowsOf(texts[i] ?? '', ',') }));
  const items = table.rows.map((row, i) => item(table, row, i, answers, levels));
  // Under one datum the answer is handed on as the server wrote it.
  return { items, csv: texts.length === 1 ? (texts[0] ?? '') : csvOf(combined(items, answers, levels)) };
}

interface Answered {
  datum: Datum;
  /** With the header. */
  rows: Rows;
}

async function ask(body: string, crs: Datum, v: number | null, signal: AbortSignal): Promise<string> {
  const response = await fetch(asked('/api/locate', { crs, v }), {
    method: 'POST',
    headers: { 'content-type': 'text/csv', accept: 'text/csv' },
    body,
    signal,
  });
  if (!response.ok) throw await refusal(response);
  return response.text();
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

/**
 * The answers under each datum as one table: the codes on which they agree, whether they all do, and the lowest unit
 * under each.
 *
 *   lon,lat,note,county,town,village,grid,certain,grid_wgs84,grid_gcj02,grid_bd09,error
 */
function combined(items: Item[], answers: Answered[], levels: number): Rows {
  const [header = [], ...rows] = answers[0]?.rows ?? [];
  const own = header.length - levels - 2;
  const names = header.slice(own, -2);
  const level = names.at(-1) ?? '';
  const body = items.map((item, i) => {
    const agreed = names.map((_, depth) => agreedCode(item, depth) ?? '');
    const each = answers.map((_, k) => lowest(item.readings[k]?.codes ?? []));
    const row = rows[i] ?? [];
    return [...row.slice(0, own), ...agreed, item.fault ? '' : String(isCertain(item)), ...each, row.at(-1) ?? ''];
  });
  return [[...header.slice(0, own), ...names, 'certain', ...answers.map(({ datum }) => `${level}_${datum}`), 'error'], ...body];
}

/** The code at a depth that all readings lead to, '' for none; null where they lead to different ones. */
export function agreedCode({ readings }: Item, depth: number): string | null {
  const codes = new Set(readings.map(({ codes }) => codes[depth] ?? ''));
  return codes.size > 1 ? null : ([...codes][0] ?? '');
}

function item(table: Table, row: string[], index: number, answers: Answered[], levels: number): Item {
  const [x, y] = [row[table.lon] ?? '', row[table.lat] ?? ''];
  const [lon, lat] = [degrees(x), degrees(y)];
  const cells = answers.map(({ rows }) => rows[index + 1] ?? []);
  const said = cells.map((answer) => answer.at(-1) ?? '').find((error) => error !== '');
  const fault = faultOf(x, y, lon, lat) ?? (said ? { said } : null);
  const reading = ({ datum }: Answered, i: number): Reading => ({
    datum,
    at: toWgs84({ lon, lat }, datum),
    codes: cells[i]?.slice(-2 - levels, -2) ?? [],
  });
  return {
    row: index + 1,
    label: labelOf(table, row),
    given: fault ? null : { lon, lat },
    readings: fault ? [] : answers.map(reading),
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
