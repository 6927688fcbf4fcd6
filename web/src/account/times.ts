// Times as they are said: near ones in the reader's words, each with its date in the title. Pure.

import { ago as said } from '../ago';
import { isoDay } from '../format';
import type { Words } from './words';

/** 3 minutes ago, in 2 days; a date from a month on. */
export const ago = (time: string, m: Words, now?: number): string => said(time, m.locale, m.a.justNow, now);

/** Date and clock, to the second. */
export const moment = (time: string, m: Words): string => new Date(time).toLocaleString(m.locale, { dateStyle: 'medium', timeStyle: 'medium' });

/** 2026-11-27 04:31:59, by the clock on the reader's wall: one below the other they line up. */
export function stamp(time: string): string {
  const at = new Date(time);
  return `${isoDay(at)} ${at.toTimeString().slice(0, 8)}`;
}
