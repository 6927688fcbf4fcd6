// The rows of a level's table: a row for each unit with its numbers, which of them are shown, and in which order.

import type { Messages } from '../i18n';
import { column, measures } from '../measures';
import type { Summary, Unit } from '../server';
import { unitsOf } from '../units';

export interface Row extends Unit {
  parent: string;
  area: number;
  households: number | null;
  density: number | null;
  grids: number | null;
}
export type Field = 'code' | 'name' | 'parent' | 'area' | 'households' | 'density' | 'grids';
/** What is told as a number; the rest are words. */
export const numeric = (field: Field): boolean => !['code', 'name', 'parent'].includes(field);

export interface Order {
  by: Field;
  down: boolean;
}

const NUMBERS: Partial<Record<Field, string>> = { households: 'households', density: 'households_per_km2', grids: 'grids' };

/** Every unit of a level with its numbers; a number that nobody counted, or that is not ours to see, is null. */
export async function rows(levels: Summary['levels'], level: string, version: number, signal?: AbortSignal): Promise<Row[]> {
  const above = levels[levels.findIndex(({ name }) => name === level) - 1];
  const list = (of: string) => unitsOf(of, version, signal);
  const [units, parents, all] = await Promise.all([list(level), above ? list(above.name) : [], measures(version).catch(() => [])]);
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
