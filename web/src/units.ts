// Units as the server tells of them: one unit, its past, its numbers, and the names of a level.

import { asked, get, type LonLat, type Unit } from './server';

export interface UnitFacts extends Unit {
  version: number;
  leaf: boolean;
  attributes: Record<string, unknown>;
  /** The unit itself first, the top unit last. */
  chain: Unit[];
  children: Unit[];
  neighbours: Unit[];
  area_m2: number;
  /** west, south, east, north in degrees */
  bbox: [number, number, number, number];
  label: LonLat | null;
}

/** One number about a unit. */
export interface Fact {
  id: string;
  name: string;
  name_en: string;
  unit: string;
  value: number;
}

/** One change in a unit's life; what a server leaves out is not shown. */
export interface Change {
  version: number;
  recorded_at?: string | null;
  effective_from?: string | null;
  change?: string;
  code?: string;
  name?: string;
  note?: string | null;
}

const path = (code: string) => `/api/units/${encodeURIComponent(code).replaceAll('%3A', ':')}`;

export const unit = (code: string, v: number | null, signal?: AbortSignal) => get<UnitFacts>(asked(path(code), { v }), signal);

export const geometryPath = (code: string, v: number | null): string => asked(`${path(code)}/geometry`, { v });

export const unitsOf = (level: string, v: number | null, signal?: AbortSignal) =>
  get<{ units: Unit[] }>(asked('/api/units', { level, v }), signal).then(({ units }) => units);

/** What happened to a unit; empty where the server keeps no such list. */
export async function history(code: string, v: number | null, signal?: AbortSignal): Promise<Change[]> {
  const answer = await get<Record<string, unknown>>(asked(`${path(code)}/history`, { v }), signal).catch(() => ({}));
  return (Object.values(answer).find(Array.isArray) as Change[] | undefined) ?? [];
}

interface Column {
  version: number;
  values: Record<string, number>;
}

// A measure comes for a whole level at once; the next card of the level needs no new answer.
const columns = new Map<string, Promise<Column>>();

function column(id: string, level: string, version: number): Promise<Column> {
  const path = asked(`/api/measures/${encodeURIComponent(id)}`, { level, v: version });
  const known = columns.get(path);
  if (known) return known;
  const asking = get<Column>(path);
  columns.set(path, asking);
  asking.catch(() => columns.delete(path));
  return asking;
}

/** Every measure of the unit's level that has a number for it; none for those who may not read measures. */
export async function facts({ uid, level, version }: UnitFacts): Promise<Fact[]> {
  type Measure = Omit<Fact, 'value'> & { level: string };
  const { measures } = await get<{ measures: Measure[] }>(asked('/api/measures', { v: version })).catch(() => ({ measures: [] as Measure[] }));
  const found = measures
    .filter((measure) => measure.level === level)
    .map(async (measure) => {
      const value = (await column(measure.id, level, version).catch(() => null))?.values[uid];
      return value === undefined ? [] : [{ ...measure, value }];
    });
  return (await Promise.all(found)).flat();
}
