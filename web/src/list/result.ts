// The answer as a file: the reader's own columns as they came, then what was found for each row, in the reader's words.
//
//   名称,纬度,经度,县编码,县名称,…,网格编码,网格名称,在边界上,错误
//   井盖,33.75,120.22,320924,射阳县,…,320924100001003,第3网格,否,
//
// Where nobody knows the datum: the units on which all datums agree, whether they do, and the lowest under each.

import { DATUMS } from '../datum';
import { levelWord, type Messages } from '../i18n';
import type { Unit } from '../server';
import { agreedCode, isCertain, lowest, type Answer, type Fault, type Item } from './answer';
import type { Table } from './columns';
import type { Rows } from './sheet';

/** What is wrong with a row. */
export const faultWord = (m: Messages, fault: Fault): string => m.list.faults[typeof fault === 'string' ? fault : 'said'];

/** `names`: the units of each level by code, top level first. */
export function result({ table, datum, items }: Answer, levels: string[], names: Map<string, Unit>[], m: Messages): Rows {
  const width = Math.max(table.header?.length ?? 0, ...table.rows.slice(0, 1000).map((row) => row.length));
  const words = m.list.columns;
  const last = levels.at(-1) ?? '';
  const found = levels.flatMap((level) => [words.code(levelWord(m, level)), words.name(levelWord(m, level))]);
  const rest = datum === 'any' ? [words.certain, ...DATUMS.map((one) => `${words.code(levelWord(m, last))} ${m.datums[one]}`)] : [words.onBorder];
  const said = (fact: boolean) => (fact ? m.list.yes : m.list.no);

  const units = (item: Item) => levels.flatMap((_, depth) => {
    const code = agreedCode(item, depth) ?? '';
    return [code, names[depth]?.get(code)?.name ?? ''];
  });
  const more = (item: Item) => {
    if (datum !== 'any') return [item.fault ? '' : said(item.readings[0]?.onBorder ?? false)];
    return [item.fault ? '' : said(isCertain(item)), ...DATUMS.map((_, i) => lowest(item.readings[i]?.codes ?? []))];
  };
  const body = items.map((item, i) => [...own(table.rows[i], width), ...units(item), ...more(item), item.fault ? faultWord(m, item.fault) : '']);
  return [[...header(table, width, m), ...found, ...rest, words.error], ...body];
}

/** A row's own cells, as many as every other has. */
const own = (row: string[] | undefined, width: number) => Array.from({ length: width }, (_, i) => row?.[i] ?? '');

/** The reader's header; where there is none, what is known of each column. */
function header({ header, lon, lat }: Table, width: number, m: Messages): string[] {
  const words = m.list.columns;
  return Array.from({ length: width }, (_, i) => header?.[i] || (i === lon ? words.lon : i === lat ? words.lat : words.other(i + 1)));
}
