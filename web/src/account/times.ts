// Times as they are said: near ones in the reader's words, each with its date in the title. Pure.

import type { Common } from '../i18n/common';

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** 3 minutes ago, in 2 days; a date from a month on. */
export function ago(time: string, m: Common, now = Date.now()): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  if (Math.abs(seconds) > 30 * 86_400) return new Date(time).toLocaleDateString(m.locale, { dateStyle: 'medium' });
  const [unit, length] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ['minute', 60];
  return new Intl.RelativeTimeFormat(m.locale, { numeric: 'auto' }).format(Math.trunc(seconds / length), unit);
}

/** Date and clock, to the second. */
export const moment = (time: string, m: Common): string => new Date(time).toLocaleString(m.locale, { dateStyle: 'medium', timeStyle: 'medium' });
