// Measures: a number for each unit of a level, and where its classes part.
//
//   values  1 2 2 5 9 …          breaks [2, 5]: three classes  ‥<2   2‥<5   5‥

import { reader } from './reader.svelte';
import { asked, get } from './server';

export interface Measure {
  id: string;
  name: string;
  name_en: string;
  /** What it is counted in; empty for a bare count. */
  unit: string;
  level: string;
  /** Where one class ends and the next begins: quantiles, rising, at most four. */
  classes: number[];
}

/** A measure at one level. */
export interface Column extends Measure {
  version: number;
  /** By uid; a unit without a number is left out. */
  values: Map<number, number>;
}

// A version never changes, and what was asked once for it is kept; the dwellings that are counted may be replaced.
const kept = new Map<string, Promise<unknown>>();

/** What was counted is asked for again. */
export const forget = (): void => kept.clear();

function once<A, T>(path: string, read: (answer: A) => T): Promise<T> {
  const known = kept.get(path) as Promise<T> | undefined;
  if (known) return known;
  const asking = get<A>(path).then(read);
  kept.set(path, asking);
  asking.catch(() => kept.delete(path));
  return asking;
}

/** All of them, one entry for each level that one is counted at; none for those who may not read them. */
export const measures = async (version: number): Promise<Measure[]> =>
  (await reader.may('read-measures')) ? once(asked('/api/measures', { v: version }), (answer: { measures: Measure[] }) => answer.measures) : [];

export const column = (measure: Measure, version: number): Promise<Column> =>
  once(
    asked(`/api/measures/${encodeURIComponent(measure.id)}`, { level: measure.level, v: version }),
    (answer: { version: number; classes: number[]; values: Record<string, number> }) => ({
      ...measure,
      ...answer,
      values: new Map(Object.entries(answer.values).map(([uid, value]) => [Number(uid), value])),
    }),
  );

/** 0 for the lowest class. A value on a break belongs to the class above. */
export const classOf = (value: number, breaks: number[]): number => breaks.filter((at) => at <= value).length;

/** The ramp's colours for so many classes: its ends always, what lies between evenly. */
export function shades(ramp: readonly string[], classes: number): string[] {
  const last = ramp.length - 1;
  return Array.from({ length: classes }, (_, i) => ramp[classes > 1 ? Math.round((i * last) / (classes - 1)) : last] ?? '');
}

/** How many decimals tell a column's numbers apart: none where all are whole. */
export function decimals({ classes, values }: Pick<Column, 'classes' | 'values'>): number {
  if ([...values.values()].every(Number.isInteger)) return 0;
  return (classes.at(-1) ?? 0) < 10 ? 2 : 1;
}

/** The least and the greatest value of each class, so that a legend shows what there is; empty classes are null. */
export function ranges({ classes, values }: Pick<Column, 'classes' | 'values'>): ([number, number] | null)[] {
  const found: ([number, number] | null)[] = Array.from({ length: classes.length + 1 }, () => null);
  for (const value of values.values()) {
    const at = classOf(value, classes);
    const range = found[at];
    found[at] = range ? [Math.min(range[0], value), Math.max(range[1], value)] : [value, value];
  }
  return found;
}
