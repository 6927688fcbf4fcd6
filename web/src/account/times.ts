// Times as they are said: near ones in the reader's words, each with its date in the title. Pure.

import { isoDay } from '../format';
import type { Words } from './words';

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** 3 minutes ago, in 2 days; a date from a month on. */
export function ago(time: string, m: Words, now = Date.now()): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  if (Math.abs(seconds) > 30 * 86_400) return new Date(time).toLocaleDateString(m.locale, { dateStyle: 'medium' });
  if (Math.abs(seconds) < 60) return m.a.justNow;
  const [unit, length] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ['minute', 60];
  return new Intl.RelativeTimeFormat(m.locale, { numeric: 'auto' }).format(Math.trunc(seconds / length), unit);
}

/** Date and clock, to the second. */
export const moment = (time: string, m: Words): string => new Date(time).toLocaleString(m.locale, { dateStyle: 'medium', timeStyle: 'medium' });

/** 2026-11-27 04:31:59, by the clock on the reader's wall: one below the other they line up. */
export function stamp(time: string): string {
  const at = new Date(time);
  return `${isoDay(at)} ${at.toTimeString().slice(0, 8)}`;
}
