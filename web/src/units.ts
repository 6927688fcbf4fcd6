// Units as the server tells of them: one unit, its past, its numbers, and the names of a level.

import { column, measures, type Measure } from './measures';
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
  measure: Measure;
  value: number;
}

/** One version that changed a unit. */
export interface Revision {
  version: number;
  recorded_at: string;
  effective_from: string;
  note: string | null;
  /** What changed in it: created, name, parent, geometry … */
  changed: string[];
  /** As they were from then on. */
  code: string;
  name: string;
}

const path = (code: string) => `/api/units/${encodeURIComponent(code).replaceAll('%3A', ':')}`;

export const unit = (code: string, v: number | null, signal?: AbortSignal) => get<UnitFacts>(asked(path(code), { v }), signal);

export const geometryPath = (code: string, v: number | null): string => asked(`${path(code)}/geometry`, { v });

/** A unit as the list of its level has it. */
export interface Listed extends Unit {
  /** The parent's code. */
  parent: string | null;
  area_m2: number;
}

export const unitsOf = (level: string, v: number | null, signal?: AbortSignal) =>
  get<{ units: Listed[] }>(asked('/api/units', { level, v }), signal).then(({ units }) => units);

/** What happened to a unit, newest first; empty where the server does not say. */
export const history = (code: string, signal?: AbortSignal): Promise<Revision[]> =>
  get<{ history: Revision[] }>(`${path(code)}/history`, signal).then(
    (answer) => answer.history,
    () => [],
  );

/** Every measure of the unit's level that has a number for it; none for those who may not read measures. */
export async function facts({ uid, level, version }: UnitFacts): Promise<Fact[]> {
  const all = await measures(version).catch(() => []);
  const found = all
    .filter((measure) => measure.level === level)
    .map(async (measure) => {
      const value = (await column(measure, version).catch(() => null))?.values.get(uid);
      return value === undefined ? [] : [{ measure, value }];
    });
  return (await Promise.all(found)).flat();
}
