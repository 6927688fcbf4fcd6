// What /api/search answers.

import type { Stated } from './datum';
import { asked, get, type LonLat, type Unit } from './server';

interface Placed extends LonLat {
  /** Of the unit found, or of the leaf that a point lies in: that unit first, the top unit last. */
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

export type Found = FoundUnit | FoundPlace | FoundCoordinate;

export const search = (q: string, crs: Stated, limit: number, v: number | null, signal?: AbortSignal) =>
  get<{ version: number; results: Found[] }>(asked('/api/search', { q, limit, crs, v }), signal);
