// Who is on duty, and how the reader reads their hours. Pure.
//
//   Mo-Fr 08:00-18:00; Sa 18:00-08:00   周一至周五 08:00–18:00；周六 18:00–次日 08:00   Mon–Fri 08:00–18:00; Sat 18:00–08:00
//
// The server writes hours in one way only, that of OpenStreetMap, and moments by the county's clocks: 2026-11-27T18:00.

import type { Messages } from './i18n';
import type { Person } from './people';

const DAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'];
/** No line ends at it. */
const DASH = '\u2060–\u2060';

/** Those on duty first, otherwise as they come: nearest unit first. */
export const onDutyFirst = (people: Person[]): Person[] => [
  ...people.filter((person) => person.on_duty),
  ...people.filter((person) => !person.on_duty),
];

/** Whom to call: the nearest who is on duty, or the nearest. */
export const toCall = (people: Person[]): Person | undefined => onDutyFirst(people)[0];

/** When somebody is on duty, as a few words; empty where nothing is said of it. */
export function dutyWords({ hours, until }: Pick<Person, 'hours' | 'until'>, m: Messages): string {
  return [hours && hoursWords(hours, m), until && m.hours.until(until.replace('T', ' '))].filter(Boolean).join(m.pause);
}

function hoursWords(hours: string, m: Messages): string {
  if (hours === '24/7') return m.hours.always;
  if (hours === 'off') return m.hours.never;
  return hours.split('; ').map((rule) => ruleWords(rule, m)).join(m.hours.semicolon);
}

/** `Mo-Fr,Su 08:00-12:00,14:00-18:00` */
function ruleWords(rule: string, m: Messages): string {
  const [days = '', shifts = ''] = rule.split(' ');
  const times = shifts.split(',').map((shift) => shiftWords(shift, m)).join(m.comma);
  return days === 'Mo-Su' ? `${m.hours.daily} ${times}` : `${days.split(',').map((row) => rowWords(row, m)).join(m.comma)} ${times}`;
}

const rowWords = (row: string, m: Messages): string =>
  row.split('-').map((day) => m.hours.days[DAYS.indexOf(day)] ?? day).join(m.hours.to);

function shiftWords(shift: string, m: Messages): string {
  const [from = '', until = ''] = shift.split('-');
  return `${from}${DASH}${until > from ? '' : m.hours.nextDay}${until}`;
}
