// The pin's card as a few lines of text, for a message or a work order.

import { toCall } from './duty';
import { coordinate, distance, number } from './format';
import { roleWord, type Messages } from './i18n';
import type { Person } from './people';
import type { Location, LonLat } from './server';

/** Nearer to a border than this, a point may well belong to the other side; and how exact it is then taken to be. */
export const NEAR_BORDER_M = 20;

export const nearBorder = (found: Location): boolean =>
  found.on_border || (found.border_distance_m ?? found.nearest?.distance_m ?? Infinity) < NEAR_BORDER_M;

export function pinText(point: LonLat, found: Location, people: Person[], m: Messages): string {
  const { leaf, nearest } = found;
  const responsible = toCall(people);
  const others = (found.candidates ?? []).filter((one) => one.uid !== leaf?.uid && one.probability >= 0.05);
  const lines = [
    found.chain.length > 0 ? [...found.chain].reverse().map((unit) => unit.name).join(' › ') : (found.void?.name ?? m.outside),
    leaf && `${m.pin.code} ${leaf.code}`,
    responsible && [roleWord(m, responsible.role), responsible.name, responsible.phone].filter(Boolean).join(' '),
    nearest && `${m.nearest} ${nearest.name} ${nearest.code} · ${distance(nearest.distance_m, m)}`,
    `${m.position} ${coordinate(point)} (WGS84)`,
    leaf && found.border_distance_m !== null
      ? `${m.borderDistance} ${distance(found.border_distance_m, m)}${found.neighbour ? ` · ${m.neighbour(found.neighbour.name)}` : ''}`
      : null,
    others.length > 0
      ? `${m.pin.also} ${others.map((one) => `${one.name} ${one.code} ${number(one.probability * 100, m)}%`).join(' · ')}`
      : null,
    location.href,
  ];
  return lines.filter(Boolean).join('\n');
}
