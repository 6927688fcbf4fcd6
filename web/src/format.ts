// How the page writes codes, distances, coordinates and times. Pure.

import type { Messages } from './i18n';
import type { LonLat, Unit } from './server';

/** 320924100001003 under 320924, 320924100, 320924100001 → ['320924', '100', '001', '003']. */
export function codeGroups(code: string, ancestors: Pick<Unit, 'code'>[]): string[] {
  const cuts = ancestors
    .filter((unit) => unit.code.length > 0 && unit.code.length < code.length && code.startsWith(unit.code))
    .map((unit) => unit.code.length)
    .sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) => code.slice(from, cuts[i])).filter((part) => part.length > 0);
}

/** Below a kilometre in metres, to a tenth below ten. */
export function distance(metres: number, m: Messages): string {
  if (metres < 10) return `${metres.toFixed(1)} ${m.metre}`;
  if (metres < 1000) return `${Math.round(metres)} ${m.metre}`;
  return `${(metres / 1000).toFixed(metres < 10_000 ? 2 : 1)} ${m.kilometre}`;
}

/** Six decimals: about a decimetre. Longitude first, as everywhere in Wangge. */
export function coordinate({ lon, lat }: LonLat): string {
  return `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
}

export function clock(time: Date): string {
  return time.toTimeString().slice(0, 5);
}
