// The table of a level: a row for each unit, its numbers, their order, and the file for a spreadsheet.

import type { Messages } from './i18n';
import { column, measures } from './measures';
import { asked, get, type Summary, type Unit } from './server';

export interface Row extends Unit {
  parent: string;
  area: number;
  households: number | null;
  density: number | null;
  grids: number | null;
}
export type Field = 'code' | 'name' | 'parent' | 'area' | 'households' | 'density' | 'grids';
export interface Order {
  by: Field;
  down: boolean;
}

const NUMBERS: Partial<Record<Field, string>> = { households: 'households', density: 'households_per_km2', grids: 'grids' };

/** Every unit of a level with its numbers; a number that nobody counted, or that is not ours to see, is null. */
export async function rows(levels: Summary['levels'], level: string, version: number, signal?: AbortSignal): Promise<Row[]> {
  interface Listed extends Unit {
    parent: string | null;
    area_m2: number;
  }
  const list = (of: string) => get<{ units: Listed[] }>(asked('/api/units', { level: of, v: version }), signal).then(({ units }) => units);
  const above = levels[levels.findIndex(({ name }) => name === level) - 1];
  const [units, parents, all] = await Promise.all([list(level), above ? list(above.name) : [], measures(version, signal).catch(() => [])]);
  const names = new Map(parents.map(({ code, name }) => [code, name]));
  const counted = async (id?: string) => {
    const measure = all.find((one) => one.id === id && one.level === level);
    return measure ? (await column(measure, version)).values : new Map<number, number>();
  };
  const [households, density, grids] = await Promise.all([counted(NUMBERS.households), counted(NUMBERS.density), counted(NUMBERS.grids)]);
  return units.map((unit) => ({
    ...unit,
    parent: names.get(unit.parent ?? '') ?? '',
    area: unit.area_m2 / 1e6,
    households: households.get(unit.uid) ?? null,
    density: density.get(unit.uid) ?? null,
    grids: grids.get(unit.uid) ?? null,
  }));
}

/** The columns that say something at this level. */
export function fields(rows: Row[]): Field[] {
  const all: Field[] = ['code', 'name', 'parent', 'area', 'households', 'density', 'grids'];
  return all.filter((field) => ['code', 'name', 'area'].includes(field) || rows.some((row) => row[field] !== null && row[field] !== ''));
}

/** Those whose code holds the digits, or whose name or parent holds the text, under `within`. */
export function filtered(rows: Row[], text: string, within: string | null): Row[] {
  const wanted = text.trim().toLowerCase();
  const digits = wanted.replace(/\s/g, '');
  const fits = ({ code, name, parent }: Row) => code.includes(digits) || name.toLowerCase().includes(wanted) || parent.toLowerCase().includes(wanted);
  return rows.filter((row) => (within === null || row.code.startsWith(within)) && (wanted === '' || fits(row)));
}

/** In this order; what has no number comes last either way. Chinese goes by pinyin. */
export function sorted(rows: Row[], { by, down }: Order, m: Messages): Row[] {
  const words = new Intl.Collator(m.locale.startsWith('zh') ? 'zh-CN' : [m.locale, 'zh-CN'], { numeric: true });
  const sign = down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [a[by], b[by]];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : words.compare(String(x), String(y)));
  });
}

/** CSV in UTF-8 with the mark by which Excel knows it, lines as RFC 4180 has them. */
export function csv(rows: Row[], fields: Field[], m: Messages): Blob {
  const cell = (value: string | number | null) => {
    const text = typeof value === 'number' ? String(Number(value.toFixed(4))) : (value ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [fields.map((field) => cell(m.table.columns[field])), ...rows.map((row) => fields.map((field) => cell(row[field])))];
  return new Blob(['\ufeff', lines.map((line) => `${line.join(',')}\r\n`).join('')], { type: 'text/csv;charset=utf-8' });
}
