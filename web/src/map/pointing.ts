// What the reader does on the map: a click, a long press or Enter picks a place; what the pointer is over is told.
//
//   click ─ 250 ms ─▶ pick        click, click ─▶ MapLibre zooms in, and nothing is picked

import type { Map, MapMouseEvent } from 'maplibre-gl';
import type { LonLat } from '../server';
import type { Marks } from './marks';
import type { Points } from './points';
import { longPress } from './press';
import { under, type Under } from './under';

export interface Told {
  pick: (at: LonLat) => void;
  /** One of the reader's own points was clicked. */
  point: (id: number) => void;
  hover: (under: Under | null, x: number, y: number) => void;
  /** Whether clicks are somebody else's for now. */
  taken: () => boolean;
}

/** Time for a second click, which makes both of them a zoom. */
const SECOND_MS = 250;

/** `scale`: how much larger than it is laid out the map is drawn. */
export function pointing(map: Map, points: Points, marks: Marks, scale: () => number, told: Told): void {
  const pick = ({ lng, lat }: { lng: number; lat: number }) => told.taken() || told.pick({ lon: lng, lat });
  const canvas = map.getCanvas();

  map.on('click', single(({ point, lngLat }) => {
    if (told.taken()) return;
    const hit = points.hit(point);
    if (hit === null) pick(lngLat);
    else if (hit !== 'cluster') told.point(hit);
  }));
  longPress(canvas, (x, y) => {
    const { left, top } = canvas.getBoundingClientRect();
    pick(map.unproject([(x - left) / scale(), (y - top) / scale()]));
  });
  canvas.addEventListener('keydown', ({ key }) => {
    if (key === 'Enter') pick(map.getCenter());
  });
  if (matchMedia('(hover: hover)').matches) hovers(map, marks, told);
}

/** Calls `clicked` for a click that no second one follows. */
function single(clicked: (event: MapMouseEvent) => void): (event: MapMouseEvent) => void {
  let waiting: number | null = null;
  return (event) => {
    if (waiting !== null) {
      clearTimeout(waiting);
      waiting = null;
      return;
    }
    waiting = setTimeout(() => {
      waiting = null;
      clicked(event);
    }, SECOND_MS);
  };
}

function hovers(map: Map, marks: Marks, told: Told): void {
  let waiting = 0;
  const leave = () => {
    cancelAnimationFrame(waiting);
    marks.set('hover', null);
    told.hover(null, 0, 0);
  };
  map.on('mousemove', ({ point }) => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => {
      if (map.isMoving()) return;
      const found = under(map, point);
      marks.set('hover', found?.chain[0] ?? null);
      told.hover(found, point.x, point.y);
    });
  });
  map.on('mouseout', leave);
  map.on('movestart', leave);
}
