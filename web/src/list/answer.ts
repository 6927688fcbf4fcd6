// A table asked of the server and its answer, row by row: under one datum, or under each where nobody knows it.
//
//   120.3,33.7,井盖   →   { row: 1, label: 井盖, readings: [{ datum: wgs84, codes: [320924, 320924100, …] }] }

import { DATUMS, toWgs84, type Datum, type Stated } from '../datum';
import { asked, refusal, type LonLat } from '../server';
import { degrees, type Table } from './columns';
import { csvOf, rowsOf, type Rows } from './sheet';

/** `link`: a link says its own datum, and may lie under another than the list. */
export type Fault = 'empty' | 'link' | 'number' | 'range' | { said: string };

/** Where a row lies under one datum. */
export interface Reading {
  datum: Datum;
  /** In WGS84. */
  at: LonLat;
  /** Codes, top level first; empty where the point lies in no unit of the level. */
  codes: string[];
  onBorder: boolean;
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
  /** What was asked, and under which datum. */
  table: Table;
  datum: Stated;
  items: Item[];
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
  return { table, datum, items: table.rows.map((row, i) => item(table, row, i, answers, levels)) };
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

/** The server goes by the names of the columns, in decimal degrees; numbered, no row is an empty line. */
function question({ rows, lon, lat }: Table): Rows {
  const plain = (cell = '') => {
    const value = degrees(cell);
    return Number.isNaN(value) || /^[\d.+-]+$/.test(cell) ? cell : value.toFixed(8);
  };
  return [['lon', 'lat', 'row'], ...rows.map((row, i) => [plain(row[lon]), plain(row[lat]), String(i + 1)])];
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
  const fault = faultOf(row, x, y, lon, lat) ?? (said ? { said } : null);
  const reading = ({ datum }: Answered, i: number): Reading => ({
    datum,
    at: toWgs84({ lon, lat }, datum),
    codes: cells[i]?.slice(-2 - levels, -2) ?? [],
    onBorder: cells[i]?.at(-2) === 'true',
  });
  return {
    row: index + 1,
    label: labelOf(table, row),
    given: fault ? null : { lon, lat },
    readings: fault ? [] : answers.map(reading),
    fault,
  };
}

function faultOf(row: string[], x: string, y: string, lon: number, lat: number): Fault | null {
  const read = !Number.isNaN(lon) && !Number.isNaN(lat);
  if (!read && row.some((cell) => /https?:\/\//.test(cell))) return 'link';
  if (x === '' || y === '') return 'empty';
  if (!read) return 'number';
  return Math.abs(lon) > 180 || Math.abs(lat) > 90 ? 'range' : null;
}

/** What a reader knows the row by: its first cells that are no coordinate. */
function labelOf({ lon, lat }: Table, row: string[]): string {
  const words = row.filter((cell, i) => i !== lon && i !== lat && cell !== '');
  return words.slice(0, 2).join(' · ') || `${row[lon] ?? ''}, ${row[lat] ?? ''}`;
}
