// What lies under the pointer, read from the tiles that are drawn: good for a hint, asked of no server.
// What is chosen comes from /api/locate, which is exact.

import type { Map, PointLike } from 'maplibre-gl';
import type { Unit } from '../server';

export interface Under {
  /** Lowest level first, as far as the tiles of this zoom go. */
  chain: Unit[];
  void: string | null;
}

const LEVELS = ['grids-fill', 'villages-fill', 'towns-fill', 'counties-fill'];

export function under(map: Map, point: PointLike): Under | null {
  const layers = [...LEVELS, 'voids-fill'].filter((id) => map.getLayer(id));
  const found = map.queryRenderedFeatures(point, { layers });
  const of = (layer: string) => found.find((feature) => feature.layer.id === layer)?.properties as Unit | undefined;
  const hole = of('voids-fill');
  if (hole) return { chain: [], void: hole.name };
  const chain = LEVELS.map(of).filter((unit) => unit !== undefined);
  // A leaf that stands above the lowest level appears in the layers below it too: once is enough.
  const once = chain.filter((unit, i) => chain.findIndex((other) => other.uid === unit.uid) === i);
  return once.length > 0 ? { chain: once, void: null } : null;
}
