// Which borders of the version below are no longer borders. Pure.
//
//   ┌───┬───┬───┐      ┌───┬───────┐
//   │ a │ b │ c │  ─▶  │ a │ b ┊   │   c went to b: what was between the two is ghosted,
//   └───┴───┴───┘      └───┴───────┘   and nothing of what was round them

import type * as GeoJSON from 'geojson';
import type { Changes, Place } from './api';

type Piece = Changes['features'][number];
type Edge = [ax: number, ay: number, bx: number, by: number];

/** In degrees, 2 cm: places are told to a tenth of that, and those on an old edge lie beside it by as much. */
const NEAR = 2e-7;

/**
 * Of each piece that goes to another unit the edges over which its gainer lies now, and somebody else lay before. `old` are the
 * units in the version below, by uid; an edge of theirs may be as long as many of a piece's. Of a unit that is not
 * among them, and of the void, nothing is ghosted.
 */
export function ghosts(pieces: Piece[], old: Map<number, GeoJSON.Geometry>): GeoJSON.FeatureCollection<GeoJSON.MultiLineString> {
  const moved = pieces.filter(({ properties: { from_uid, to_uid } }) => from_uid !== to_uid);
  const outlines = new Map([...old].map(([uid, geometry]) => [uid, edgesOf(ringsOf(geometry))]));
  const edges = new Map(moved.map((piece) => [piece, edgesOf(ringsOf(piece.geometry))]));
  const features = moved.flatMap((piece, i): GeoJSON.Feature<GeoJSON.MultiLineString>[] => {
    const { from_uid: from, to_uid: to } = piece.properties;
    const lost = outlines.get(from ?? -1);
    if (!lost || to === null) return [];
    const had = outlines.get(to) ?? [];
    // What it had and gave away itself lies under another now: the border stays.
    const given = moved.filter(({ properties }) => properties.from_uid === to).flatMap((other) => edges.get(other) ?? []);
    // Two pieces that it gains from two units have one border between them: of the two, the first draws it.
    const gained = moved.slice(i + 1).filter(({ properties }) => properties.to_uid === to && properties.from_uid !== from);
    const beyond = gained.flatMap((other) => edges.get(other) ?? []);
    const isGone = ([a, b]: [Place, Place]) => {
      const middle: Place = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
      const three = [middle, a, b];
      if (!three.every((place) => lies(place, lost))) return false;
      return (three.every((place) => lies(place, had)) && !lies(middle, given)) || three.every((place) => lies(place, beyond));
    };
    const coordinates = ringsOf(piece.geometry).flatMap((ring) => runs(ring, isGone));
    return coordinates.length > 0 ? [{ type: 'Feature', properties: {}, geometry: { type: 'MultiLineString', coordinates } }] : [];
  });
  return { type: 'FeatureCollection', features };
}

/** The lines that those edges of a ring make which are meant. */
function runs(ring: Place[], meant: (edge: [Place, Place]) => boolean): Place[][] {
  const lines: Place[][] = [];
  let line: Place[] | null = null;
  for (const [i, b] of ring.entries()) {
    const a = ring[i - 1];
    if (!a) continue;
    if (!meant([a, b])) line = null;
    else if (line) line.push(b);
    else lines.push((line = [a, b]));
  }
  return lines;
}

const ringsOf = (geometry: GeoJSON.Geometry): Place[][] =>
  (geometry.type === 'Polygon' ? geometry.coordinates : geometry.type === 'MultiPolygon' ? geometry.coordinates.flat() : []) as Place[][];

const edgesOf = (rings: Place[][]): Edge[] => rings.flatMap((ring) => ring.slice(1).map(([bx, by], i): Edge => [...(ring[i] as Place), bx, by]));

/** Whether the place is on one of the edges. */
const lies = (place: Place, edges: Edge[]): boolean => edges.some((edge) => isNear(place, edge));

function isNear([x, y]: Place, [ax, ay, bx, by]: Edge): boolean {
  // Most edges are far: this is asked of each with each.
  if ((x < ax - NEAR && x < bx - NEAR) || (x > ax + NEAR && x > bx + NEAR) || (y < ay - NEAR && y < by - NEAR) || (y > ay + NEAR && y > by + NEAR)) return false;
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const share = length > 0 ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return Math.hypot(x - ax - share * dx, y - ay - share * dy) <= NEAR;
}
