// The reader's hand on the map while a plan is open: mouse, finger or keys become places and units.
//
//   click, tap ─▶ a place and what lies there      Space ─▶ the same at the cross, in the middle of the map
//   two clicks, Enter ─▶ finish                    arrows ─▶ the map goes by a little, with Shift by more
//   press on what can be held, drag, release ─▶ a place at either end, and the map stays where it is

import { Point, type Map, type MapMouseEvent, type MapTouchEvent } from 'maplibre-gl';
import { under } from '../map/under';
import type { Unit } from '../server';
import type { Aim } from './drawing.svelte';
import { snap } from './snap';

export interface Found extends Aim {
  /** Lowest level first. */
  chain: Unit[];
  /** Whether a border draws it to itself. */
  snapped: boolean;
  /** Whether a vertex of one does. */
  vertex: boolean;
}

export interface Hand {
  aim(found: Found | null, how: 'pointer' | 'cross'): void;
  place(found: Found): void;
  finish(): void;
  /** Whether a tool is in hand: two clicks do not zoom then, and arrows go by little. */
  holds(): boolean;
  /** Nothing draws a point to it. */
  loose?: boolean;
  /** Whether a press there takes hold of it. */
  grips?(found: Found): boolean;
  /** Where what was held is let go. */
  drop?(found: Found): void;
}

export interface Held {
  /** Keys are about to place a point: the cross is shown until the pointer moves. */
  cross(): void;
  end(): void;
}

const REACH_PX = 8;
/** A finger is broader. */
const FINGER_PX = 16;
const EQUATOR_M = 40_075_016.686;
const TILE_PX = 512;
/** A press that goes no farther is a click. */
const SLIP_PX = 3;
const STEP_PX = 12;
const STRIDE_PX = 96;
const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function hand(map: Map, told: Hand): Held {
  const canvas = map.getCanvas();
  let finger = false;
  let waiting = 0;
  let crossed = false;
  let held: { from: Found; dragged: boolean } | null = null;
  /** What was held has just been let go: no click comes of it. */
  let dropped = false;

  function found(point: Point): Found {
    const reach = finger ? FINGER_PX : REACH_PX;
    const near = told.loose ? null : snap(map, point, reach);
    const { lng, lat } = map.unproject(point);
    const metres = (EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / (TILE_PX * 2 ** map.getZoom());
    const tolerance = Math.min(1000, Math.round(10 * reach * metres) / 10);
    return { at: near?.at ?? { lon: lng, lat }, x: point.x, y: point.y, tolerance, finger, chain: under(map, point)?.chain ?? [], snapped: near !== null, vertex: near?.onto === 'vertex' };
  }
  const middle = () => found(map.project(map.getCenter()));

  function cross() {
    crossed = true;
    told.aim(middle(), 'cross');
  }
  function follow(point: Point) {
    crossed = false;
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => !map.isMoving() && told.aim(found(point), 'pointer'));
  }

  const click = ({ point, originalEvent }: MapMouseEvent) => {
    if (dropped) return;
    crossed = false;
    if (originalEvent.detail > 1 && told.holds()) return told.finish();
    told.place(found(point));
  };
  const twice = (event: MapMouseEvent) => told.holds() && event.preventDefault();
  const move = ({ point }: MapMouseEvent) => {
    if (!finger && !held) follow(point);
  };
  const out = () => {
    if (held) return;
    cancelAnimationFrame(waiting);
    if (!crossed) told.aim(null, 'pointer');
  };
  const gone = () => crossed && told.aim(middle(), 'cross');
  const touch = ({ pointerType }: PointerEvent) => {
    finger = pointerType === 'touch';
    dropped = false;
  };

  const press = (event: MapMouseEvent | MapTouchEvent) => {
    const { originalEvent: by } = event;
    const single = by instanceof MouseEvent ? by.button === 0 && !by.ctrlKey : by.touches.length === 1;
    const from = single && told.grips ? found(event.point) : null;
    held = from && told.grips?.(from) ? { from, dragged: false } : null;
    if (held) event.preventDefault(); // the map would go along
  };
  /** Where it is on the map, which on a wall is drawn larger than it is laid out. */
  const pointOf = ({ clientX, clientY }: PointerEvent) => {
    const { left, top, width } = canvas.getBoundingClientRect();
    const scale = width / canvas.clientWidth;
    return new Point((clientX - left) / scale, (clientY - top) / scale);
  };
  const drag = (event: PointerEvent) => {
    if (!held) return;
    const point = pointOf(event);
    const { from, dragged } = held;
    if (!dragged && Math.hypot(point.x - from.x, point.y - from.y) <= SLIP_PX) return;
    if (!dragged) told.place(from);
    held.dragged = true;
    follow(point);
  };
  const drop = (event: PointerEvent) => {
    dropped = held?.dragged ?? false;
    held = null;
    if (!dropped) return;
    cancelAnimationFrame(waiting);
    if (event.type === 'pointerup') told.drop?.(found(pointOf(event)));
    if (finger) told.aim(null, 'pointer');
  };
  const key = (event: KeyboardEvent) => {
    if (!told.holds() || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = ARROWS[event.key];
    if (!way && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    finger = false;
    const step = event.shiftKey ? STRIDE_PX : STEP_PX;
    if (way) map.panBy([way[0] * step, way[1] * step], { duration: 0 });
    else told.place(middle());
    cross();
  };

  map.on('click', click);
  map.on('dblclick', twice);
  map.on('mousemove', move);
  map.on('mouseout', out);
  map.on('move', gone);
  map.on('mousedown', press);
  map.on('touchstart', press);
  canvas.addEventListener('pointerdown', touch, { capture: true });
  canvas.addEventListener('keydown', key);
  addEventListener('pointermove', drag); // it may go on over a panel
  addEventListener('pointerup', drop);
  addEventListener('pointercancel', drop);
  const end = () => {
    cancelAnimationFrame(waiting);
    map.off('click', click);
    map.off('dblclick', twice);
    map.off('mousemove', move);
    map.off('mouseout', out);
    map.off('move', gone);
    map.off('mousedown', press);
    map.off('touchstart', press);
    canvas.removeEventListener('pointerdown', touch, { capture: true });
    canvas.removeEventListener('keydown', key);
    removeEventListener('pointermove', drag);
    removeEventListener('pointerup', drop);
    removeEventListener('pointercancel', drop);
  };
  return { cross, end };
}
