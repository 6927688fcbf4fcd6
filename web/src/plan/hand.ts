// The reader's hand on the map while a plan is open: mouse, finger or keys become places and units.
//
//   click, tap ─▶ a place and what lies there      Space ─▶ the same at the cross, in the middle of the map
//   two clicks, Enter ─▶ finish                    arrows ─▶ the map goes by a little, with Shift by more

import type { Map, MapMouseEvent, Point } from 'maplibre-gl';
import { under } from '../map/under';
import type { Unit } from '../server';
import type { Aim } from './drawing.svelte';
import { snap } from './snap';

export interface Found extends Aim {
  /** Lowest level first. */
  chain: Unit[];
  /** Whether a border draws it to itself. */
  snapped: boolean;
}

export interface Hand {
  aim(found: Found | null, how: 'pointer' | 'cross'): void;
  place(found: Found): void;
  finish(): void;
  /** Whether a tool is in hand: two clicks do not zoom then, and arrows go by little. */
  holds(): boolean;
  /** Nothing draws a point to it. */
  loose?: boolean;
}

const REACH_PX = 8;
/** A finger is broader. */
const FINGER_PX = 16;
const EQUATOR_M = 40_075_016.686;
const TILE_PX = 512;
const STEP_PX = 12;
const STRIDE_PX = 96;
const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function hand(map: Map, told: Hand): () => void {
  const canvas = map.getCanvas();
  let finger = false;
  let waiting = 0;
  let crossed = false;

  function found(point: Point): Found {
    const reach = finger ? FINGER_PX : REACH_PX;
    const near = told.loose ? null : snap(map, point, reach);
    const { lng, lat } = map.unproject(point);
    const metres = (EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / (TILE_PX * 2 ** map.getZoom());
    const tolerance = Math.min(1000, Math.round(10 * reach * metres) / 10);
    return { at: near?.at ?? { lon: lng, lat }, x: point.x, y: point.y, tolerance, chain: under(map, point)?.chain ?? [], snapped: near !== null };
  }
  const middle = () => found(map.project(map.getCenter()));

  const click = ({ point, originalEvent }: MapMouseEvent) => {
    crossed = false;
    if (originalEvent.detail > 1 && told.holds()) return told.finish();
    told.place(found(point));
  };
  const twice = (event: MapMouseEvent) => told.holds() && event.preventDefault();
  const move = ({ point }: MapMouseEvent) => {
    if (finger) return;
    crossed = false;
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => !map.isMoving() && told.aim(found(point), 'pointer'));
  };
  const out = () => {
    cancelAnimationFrame(waiting);
    if (!crossed) told.aim(null, 'pointer');
  };
  const gone = () => crossed && told.aim(middle(), 'cross');
  const touch = ({ pointerType }: PointerEvent) => (finger = pointerType === 'touch');
  const key = (event: KeyboardEvent) => {
    if (!told.holds() || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = ARROWS[event.key];
    if (!way && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    crossed = true;
    const step = event.shiftKey ? STRIDE_PX : STEP_PX;
    if (way) map.panBy([way[0] * step, way[1] * step], { duration: 0 });
    else told.place(middle());
    told.aim(middle(), 'cross');
  };

  map.on('click', click);
  map.on('dblclick', twice);
  map.on('mousemove', move);
  map.on('mouseout', out);
  map.on('move', gone);
  canvas.addEventListener('pointerdown', touch, { capture: true });
  canvas.addEventListener('keydown', key);
  return () => {
    cancelAnimationFrame(waiting);
    map.off('click', click);
    map.off('dblclick', twice);
    map.off('mousemove', move);
    map.off('mouseout', out);
    map.off('move', gone);
    canvas.removeEventListener('pointerdown', touch, { capture: true });
    canvas.removeEventListener('keydown', key);
  };
}
