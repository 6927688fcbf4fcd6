// Which units are worth a line, and how their figures change. Pure.

import { area, number } from '../format';
import type { Messages } from '../i18n';
import type { UnitReview } from './api';
import type { PlanWords } from './words';

/** In m². Whose border has only gained a vertex moves by less. */
const NOTHING_M2 = 1;

/** Whether it is another unit than before, and not only a vertex richer. */
export function isChanged({ before, after }: UnitReview): boolean {
  if (!before || !after) return true;
  const same = before.code === after.code && before.name === after.name && before.parts === after.parts && before.households === after.households;
  return !same || Math.abs(before.area_m2 - after.area_m2) > NOTHING_M2;
}

/** Whether it has other borders than before, or is gone. */
export const isMoved = ({ before, after }: UnitReview): boolean => Math.abs((before?.area_m2 ?? 0) - (after?.area_m2 ?? 0)) > NOTHING_M2;

/** Whether it lies at the lowest level: only there deviations are told. */
export const isLeaf = ({ deviation }: UnitReview): boolean => deviation.before !== null || deviation.after !== null;

export const nameOf = ({ before, after }: UnitReview, p: PlanWords): string => (after ?? before)?.name || before?.name || p.unnamed((after ?? before)?.code.slice(-3) ?? '');

/** How areas are written of which the largest has `most` m². */
export function measure(most: number, m: Messages): { unit: string; of: (one: { area_m2: number } | null) => string } {
  const small = most < 100_000;
  const of = (value: number) => (small ? number(value, m) : number(value / 1e6, m, most < 1e8 ? 3 : 1));
  return { unit: small ? m.unit.squareMetre : m.unit.square, of: (one) => (one ? of(one.area_m2) : '–') };
}

/** Before and after in the same measure, for which `most` is the largest of those that are compared, in m². */
export function areas({ before, after }: UnitReview, m: Messages, most = Math.max(before?.area_m2 ?? 0, after?.area_m2 ?? 0)): [string, string] {
  const { unit, of } = measure(most, m);
  return [before ? `${of(before)} ${unit}` : of(before), after ? `${of(after)} ${unit}` : of(after)];
}

/** +12.4%, 0 where it is the mean. */
export function share(value: number | null | undefined, m: Messages, p: PlanWords): string {
  if (value === null || value === undefined) return '–';
  const text = number(Math.abs(100 * value), m, 0);
  return p.hundredths(text === '0' ? '0' : `${value > 0 ? '+' : '−'}${text}`);
}

/** 虹亚社区第11网格 减少 24 户 */
export function gist(unit: UnitReview, m: Messages, p: PlanWords): string[] {
  const { before, after } = unit;
  const name = nameOf(unit, p);
  if (!before) return [p.added(name)];
  if (!after) return [p.retired(name)];
  const said: string[] = [];
  if (before.name !== after.name) said.push(p.renamed(before.name, after.name || p.unnamed(after.code.slice(-3))));
  if (before.code !== after.code) said.push(p.recoded(name, after.code));
  const homes = (after.households ?? 0) - (before.households ?? 0);
  const land = after.area_m2 - before.area_m2;
  if (homes !== 0) said.push((homes > 0 ? p.gains : p.loses)(name, number(Math.abs(homes), m)));
  else if (Math.abs(land) > NOTHING_M2) said.push((land > 0 ? p.grows : p.shrinks)(name, area(Math.abs(land), m)));
  return said;
}
