// The tools: the key of each, what it is given one after the other, and the edit that comes of it. Pure.
//
//   split     unit  line            reshape   unit unit  line          move    place place
//   merge     unit  unit …          transfer  unit unit  area          assign  unit  parent     rename  unit  name

import type { LonLat, Unit } from '../server';
import type { Edit, Place } from './api';

export type ToolName = 'split' | 'merge' | 'reshape' | 'transfer' | 'move' | 'assign' | 'rename';

export interface Tool {
  name: ToolName;
  key: string;
  /** How many units it is given, at least and at most. */
  units: [number, number];
  /** How many points are drawn then. */
  points: [number, number];
  /** What is written or chosen at last. */
  asks?: 'parent' | 'name';
  /** 20 × 20 */
  icon: string;
}

const MANY = 1000;

export const TOOLS: Tool[] = [
  { name: 'split', key: 's', units: [1, 1], points: [2, MANY], icon: 'M4 4h12v12H4zM7 2l6 16' },
  { name: 'merge', key: 'j', units: [2, MANY], points: [0, 0], icon: 'M3 5h14v10H3zM10 5v2M10 9v2M10 13v2' },
  { name: 'reshape', key: 'r', units: [2, 2], points: [2, MANY], icon: 'M3 4h14v12H3zM10 4c4 3-4 5 0 12' },
  { name: 'transfer', key: 'x', units: [2, 2], points: [3, MANY], icon: 'M3 4h14v12H3zM10 4v12M5.5 10h8M11 7.5l2.5 2.5-2.5 2.5' },
  { name: 'move', key: 'v', units: [0, 0], points: [2, 2], icon: 'M10 3v14M3 10h14M8 5l2-2 2 2M8 15l2 2 2-2M5 8l-2 2 2 2M15 8l2 2-2 2' },
  { name: 'assign', key: 'a', units: [1, 1], points: [0, 0], asks: 'parent', icon: 'M10 3v5M5 17v-4h10v4M10 8v5M8 3h4' },
  { name: 'rename', key: 'e', units: [1, 1], points: [0, 0], asks: 'name', icon: 'M4 16l1-4 8-8 3 3-8 8zM11.5 5.5l3 3' },
];

/** What helps to fill a plan: a panel of its own. */
export type Aid = 'suggest' | 'file';

export const AIDS: { name: Aid; key: string; icon: string }[] = [
  { name: 'suggest', key: 'u', icon: 'M7 14.5h6M8 17h4M10 2.5a5.2 5.2 0 0 0-3 9.4v2.6h6v-2.6a5.2 5.2 0 0 0-3-9.4z' },
  { name: 'file', key: 'f', icon: 'M5 2.5h6.5L15 6v11.5H5zM11.5 2.5V6H15M10 15V9M7.5 11.5 10 9l2.5 2.5' },
];

/** What a tool has been given. */
export interface Given {
  units: Unit[];
  points: LonLat[];
  parent: Unit | null;
  name: string;
}

/** What is due next. */
export type Due = 'unit' | 'second' | 'more' | 'first' | 'point' | 'parent' | 'name';

export function due(tool: Tool, { units, points }: Given): Due {
  if (units.length < tool.units[0]) return units.length === 0 ? 'unit' : 'second';
  if (tool.units[1] === MANY) return 'more';
  if (tool.asks) return tool.asks;
  return points.length === 0 ? 'first' : 'point';
}

const place = ({ lon, lat }: LonLat): Place => [Number(lon.toFixed(7)), Number(lat.toFixed(7))];

/** The edit, once there is enough for one. `tolerance` in metres. */
export function edit(tool: Tool, { units, points, parent, name }: Given, tolerance: number): Edit | null {
  const [first, second] = units.map(({ code }) => code);
  if (units.length < tool.units[0] || points.length < tool.points[0]) return null;
  const line = points.map(place);
  const [from, to] = line;
  switch (tool.name) {
    case 'split':
      return first ? { op: 'split', unit: first, line, tolerance } : null;
    case 'merge':
      return first ? { op: 'merge', units: units.map(({ code }) => code), keep: first } : null;
    case 'reshape':
      return first && second ? { op: 'reshape', between: [first, second], line, tolerance } : null;
    case 'transfer':
      return first && second && from ? { op: 'transfer', from: first, to: second, area: { type: 'Polygon', coordinates: [[...line, from]] }, tolerance } : null;
    case 'move':
      return from && to ? { op: 'move_node', at: from, to, tolerance } : null;
    case 'assign':
      return first && parent ? { op: 'assign', unit: first, parent: parent.code } : null;
    case 'rename':
      return first && name.trim() && name.trim() !== units[0]?.name ? { op: 'rename', unit: first, name: name.trim() } : null;
  }
}

/** 虹亚社区第11网格 whose new part has the code …032 → 虹亚社区第32网格; nothing where the name has no number. */
export function nameFor(name: string, code: string): string {
  const last = Number(code.slice(-3));
  return last > 0 && /\d/.test(name) ? name.replace(/\d+(?=\D*$)/, String(last)) : '';
}
