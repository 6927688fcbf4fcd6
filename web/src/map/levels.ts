// The styles draw four levels: county, town, village, grid. A coverage may have two to six, with names
// of its own: each of the style's roles is given to one of them, the rest of the roles are left out.
//
//   province city county          →  county = province, town = city, grid = county
//   region county town village grid  →  county = region, town = town, village = village, grid = grid

import type { FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Summary } from '../server';

type Levels = Summary['levels'];

const ROLES = [
  { name: 'county', plural: 'counties' },
  { name: 'town', plural: 'towns' },
  { name: 'village', plural: 'villages' },
  { name: 'grid', plural: 'grids' },
];

/** The level that plays each role, in the order of `ROLES`: top and lowest keep theirs, the middle fills up. */
function cast(levels: Levels): (Levels[number] | undefined)[] {
  const middle = levels.slice(1, -1).slice(-2);
  return [levels[0], middle[0], middle[1], levels.length > 1 ? levels.at(-1) : undefined];
}

/** As what the styles draw this level; null if they do not draw it. */
export function roleOf(levels: Levels, name: string): string | null {
  const at = cast(levels).findIndex((level) => level?.name === name);
  return ROLES[at]?.name ?? null;
}

/** From these zooms on a unit of the role is large enough to be told apart by its colour. */
const TOLD_APART: Record<string, number> = { town: 0, village: 10.4, grid: 13 };

/** The level whose units suit this zoom: towns far out, then villages, then grids. */
export function levelAt(levels: Levels, zoom: number): string {
  const suits = levels.filter(({ name }) => zoom >= (TOLD_APART[roleOf(levels, name) ?? ''] ?? Infinity));
  return (suits.at(-1) ?? levels[1] ?? levels[0])?.name ?? '';
}

/** The style with this coverage's levels in place of the county's. */
export function fitLevels(style: StyleSpecification, levels: Levels): StyleSpecification {
  const players = cast(levels);
  if (levels.length === ROLES.length && players.every((level, i) => level?.name === ROLES[i]?.name)) return style;
  return { ...style, layers: style.layers.flatMap((layer) => recast(layer, levels)) };
}

/** Every border must be drawn: a level without a role of its own lends its lines to the second. */
function linesOf(levels: Levels, role: number): string[] {
  const players = cast(levels);
  const spare = levels.filter((level) => !players.includes(level));
  return [...(role === 1 ? spare : []), players[role]].flatMap((level) => (level ? [level.name] : []));
}

/** The layer for these levels; none, where nobody plays its role. */
function recast(layer: LayerSpecification, levels: Levels): LayerSpecification[] {
  if (!('source-layer' in layer)) return [layer];
  const polygons = ROLES.findIndex((role) => role.plural === layer['source-layer']);
  const player = cast(levels)[polygons];
  // From which zoom a unit is more than a speck is known of the county's levels only.
  const { minzoom: _, ...atAnyZoom } = layer;
  if (polygons >= 0) return player ? [{ ...atAnyZoom, 'source-layer': player.plural }] : [];
  const named = new Set<string>();
  const filter = rename(layer.filter, levels, named);
  if (named.size === 0) return [layer];
  return named.has('') ? [] : [{ ...layer, filter: filter as FilterSpecification }];
}

/** A filter with `level == role` as `level in` the levels that play it; `named` gets them, '' where none does. */
function rename(filter: unknown, levels: Levels, named: Set<string>): unknown {
  if (!Array.isArray(filter)) return filter;
  const role = ROLES.findIndex(({ name }) => JSON.stringify(filter) === JSON.stringify(['==', ['get', 'level'], name]));
  if (role < 0) return filter.map((part) => rename(part, levels, named));
  const names = linesOf(levels, role);
  for (const name of names.length > 0 ? names : ['']) named.add(name);
  return ['in', ['get', 'level'], ['literal', names]];
}
