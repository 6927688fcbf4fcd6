// How the page writes codes, distances, coordinates and times. Pure.

import type { Messages } from './i18n';
import type { Common } from './i18n/common';
import type { LonLat, Unit } from './server';

/** 320924100001003 under 320924, 320924100, 320924100001 → ['320924', '100', '001', '003']. */
export function codeGroups(code: string, ancestors: Pick<Unit, 'code'>[]): string[] {
  const cuts = ancestors
    .filter((unit) => unit.code.length > 0 && unit.code.length < code.length && code.startsWith(unit.code))
    .map((unit) => unit.code.length)
    .sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) => code.slice(from, cuts[i])).filter((part) => part.length > 0);
}

/** A number as the reader's language writes it, with exactly or at most so many decimals. */
export function number(value: number, m: Common, decimals = 0, least = decimals): string {
  const key = `${m.locale} ${least} ${decimals}`;
  const way = ways.get(key) ?? new Intl.NumberFormat(m.locale, { minimumFractionDigits: least, maximumFractionDigits: decimals });
  ways.set(key, way);
  return way.format(value);
}

/** One is dear to make, and a table writes thousands of numbers. */
const ways = new Map<string, Intl.NumberFormat>();

/** From one number to another as a legend has it: 1.0 – 2.5; one number where both are alike. */
export function span([from, to]: [number, number], m: Messages, decimals: number): string {
  const [least, most] = [number(from, m, decimals), number(to, m, decimals)];
  return least === most ? least : m.measure.over(least, most);
}

/** Below a kilometre in metres, to a tenth below ten. */
export function distance(metres: number, m: Messages): string {
  if (metres < 1000) return `${number(metres, m, metres < 10 ? 1 : 0)} ${m.metre}`;
  return `${number(metres / 1000, m, metres < 10_000 ? 2 : 1)} ${m.kilometre}`;
}

/** Below a tenth of a square kilometre in square metres. */
export function area(squareMetres: number, m: Messages): string {
  if (squareMetres < 100_000) return `${number(squareMetres, m)} ${m.unit.squareMetre}`;
  return `${number(squareMetres / 1e6, m, squareMetres < 1e8 ? 2 : 1)} ${m.unit.square}`;
}

/** Metres between two places, on a sphere: good to half a percent. */
export function metresBetween(a: LonLat, b: LonLat): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (from: number, to: number) => Math.sin(radians(to - from) / 2) ** 2;
  const h = half(a.lat, b.lat) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * half(a.lon, b.lon);
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(h));
}

/** Who entered a version or a plan: `account:wang` is wang; on a server without accounts nobody has a name. */
export const authorWord = (who: string, m: Messages): string => (who === 'everyone' || who === 'nobody' ? m.versions.everyone : who.replace(/^(account|machine|operator):/, ''));

export function day(time: string, m: Common): string {
  return new Date(time).toLocaleDateString(m.locale, { dateStyle: 'medium' });
}

/** 2026-11-26, by the clock on the reader's wall. */
export function isoDay(time: Date): string {
  return [time.getFullYear(), time.getMonth() + 1, time.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

/** Six decimals: about a decimetre. Longitude first, as everywhere in Wangge. */
export function coordinate({ lon, lat }: LonLat): string {
  return `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
}

export function clock(time: Date): string {
  return time.toTimeString().slice(0, 5);
}
