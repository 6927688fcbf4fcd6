// A canal or road that was looked for, set off in all its pieces. The tiles have every line with its name: a broad
// line of this page's lies over those of that name.

import type { LineLayerSpecification, Map, StyleSpecification } from 'maplibre-gl';
import { paletteOf } from '../palette';
import type { FoundLandmark } from '../search';
import type { Style } from '../session.svelte';

const SOURCE = 'background';
/** Layer of the tiles, by what a line is. */
const LAYERS: Record<string, string> = { canal: 'canals', road: 'roads', coast: 'coast' };
const idOf = (kind: string) => `traced-${kind}`;

export class Trace {
  #line: FoundLandmark | null = null;

  constructor(private readonly map: Map) {}

  /** `style` with the line over it, below what is written. */
  over(style: StyleSpecification, look: Style): StyleSpecification {
    if (!style.sources[SOURCE]) return style; // another background takes its place
    const written = style.layers.findIndex(({ type }) => type === 'symbol');
    const at = written < 0 ? style.layers.length : written;
    return { ...style, layers: [...style.layers.slice(0, at), ...this.#layers(look), ...style.layers.slice(at)] };
  }

  show(line: FoundLandmark | null): void {
    this.#line = line;
    for (const kind of Object.keys(LAYERS)) {
      if (!this.map.getLayer(idOf(kind))) continue; // not loaded yet: `over` follows
      if (line?.kind === kind) this.map.setFilter(idOf(kind), named(line));
      this.map.setLayoutProperty(idOf(kind), 'visibility', line?.kind === kind ? 'visible' : 'none');
    }
  }

  #layers(look: Style): LineLayerSpecification[] {
    const line = this.#line;
    return Object.entries(LAYERS).map(([kind, layer]) => ({
      id: idOf(kind),
      type: 'line',
      source: SOURCE,
      'source-layer': layer,
      ...(line ? { filter: named(line) } : {}),
      layout: { visibility: line?.kind === kind ? 'visible' : 'none', 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': paletteOf(look).accent, 'line-width': ['interpolate', ['linear'], ['zoom'], 8, 2.5, 16, 7], 'line-opacity': 0.75 },
    }));
  }
}

const named = ({ name }: FoundLandmark): LineLayerSpecification['filter'] => ['==', ['get', 'name'], name];
