// Times as they are said: near ones in the reader's words. Pure.

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** 3 minutes ago, in 2 days; a date from a month on. */
export function ago(time: string, locale: string, justNow: string, now = Date.now()): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  if (Math.abs(seconds) > 30 * 86_400) return new Date(time).toLocaleDateString(locale, { dateStyle: 'medium' });
  if (Math.abs(seconds) < 60) return justNow;
  const [unit, length] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ['minute', 60];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.trunc(seconds / length), unit);
}
