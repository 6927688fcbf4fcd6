// What /api/search answers.

import type { Stated } from './datum';
import { asked, get, type LonLat, type Unit } from './server';

interface Placed extends LonLat {
  /** Of the unit found, of the leaf that a point lies in, or of the unit that holds all of a landmark: that unit first, the top unit last. */
  chain?: Unit[];
}

export interface FoundUnit extends Placed, Unit {
  kind: 'unit';
}

export interface FoundPlace extends Placed {
  kind: 'place';
  name: string;
  place_kind?: string | null;
}

export interface FoundCoordinate extends Placed {
  kind: 'coordinate';
  /** In which datum the coordinate was read. */
  crs: string;
  given?: LonLat;
  /** Whether the text itself says its datum: a link copied from Amap does. */
  stated?: boolean;
  leaf?: Unit | null;
  void?: { name: string } | null;
  /** Where every datum was tried: whether all lead to the same owner. */
  certain?: boolean;
}

/** What has a name and an extent and is no unit: a void, a canal, a road. */
export interface FoundLandmark extends Placed {
  kind: 'void' | 'canal' | 'road' | 'coast';
  name: string;
  /** Of its line, or of the line down a void's middle: river, trunk, main … */
  line_kind?: string | null;
  /** west, south, east, north in degrees */
  bbox: [number, number, number, number];
}

export type Found = FoundUnit | FoundPlace | FoundLandmark | FoundCoordinate;

export const isLandmark = (found: Found): found is FoundLandmark => 'bbox' in found;

export const search = (q: string, crs: Stated, limit: number, v: number | null, signal?: AbortSignal) =>
  get<{ version: number; results: Found[] }>(asked('/api/search', { q, limit, crs, v }), signal);
