// A measure as the colour of the land: a fill layer over the tints and under water, roads and borders.
// The class of each unit is a state of its feature; which class has which colour stands in the layer.
// Each level has a layer of its own, a lower level's over a higher one's: while the villages' tiles are
// still being laid out, the towns stay in view.

import type { FillLayerSpecification, LayerSpecification, Map as Canvas, StyleSpecification } from 'maplibre-gl';
import { classOf, shades, type Column } from '../measures';
import { paletteOf } from '../palette';
import type { Summary } from '../server';
import type { Style } from '../session.svelte';

const SOURCE = 'wangge';
const idOf = (plural: string) => `measure-${plural}`;

const isGround = (layer: LayerSpecification) => 'source' in layer && layer.source === 'background';

export class Choropleth {
  #column: Column | null = null;
  /** By layer of the tiles: the class that each feature has been given. */
  #given = new Map<string, Map<number, number>>();

  constructor(
    private readonly map: Canvas,
    private readonly levels: Summary['levels'],
  ) {}

  /** A style that is about to be shown, with the measure in its place. */
  over(next: StyleSpecification, style: Style): StyleSpecification {
    const layer = this.#layer(style);
    if (!layer) return next;
    const { layers } = next;
    const at = layers.findIndex(isGround);
    // Not toSpliced: Edge 109 has none.
    return { ...next, layers: at < 0 ? [...layers, layer] : [...layers.slice(0, at), layer, ...layers.slice(at)] };
  }

  show(column: Column | null, style: Style): void {
    if (this.#column === column) return;
    this.#column = column;
    if (!this.map.getSource(SOURCE)) return; // not loaded yet: `over` and `restore` follow
    this.#give();
    const layer = this.#layer(style);
    const { layers } = this.map.getStyle();
    for (const id of this.#covering(layer?.['source-layer'])) if (this.map.getLayer(id)) this.map.removeLayer(id);
    if (!layer) return;
    if (this.map.getLayer(layer.id)) this.map.setPaintProperty(layer.id, 'fill-color', layer.paint?.['fill-color']);
    else {
      this.map.addLayer(layer, layers.find(isGround)?.id);
      // A tile that comes before the next frame would ask the layer for colours that it has not worked out yet.
      this.map.redraw();
    }
  }

  /** After a style was loaded afresh: it knows of no classes. */
  restore(): void {
    this.#given.clear();
    this.#give();
  }

  /** The layers that would lie over that of `plural`: of lower levels; all, where there is none. */
  #covering(plural: string | undefined): string[] {
    const from = this.levels.findIndex((level) => level.plural === plural) + 1;
    return this.levels.slice(from).map((level) => idOf(level.plural));
  }

  #give(): void {
    const sourceLayer = this.#plural();
    if (!this.#column || !sourceLayer) return;
    const { values, classes } = this.#column;
    const given = this.#given.get(sourceLayer) ?? new Map<number, number>();
    const now = new Map([...values].map(([uid, value]) => [uid, classOf(value, classes)]));
    for (const id of given.keys()) if (!now.has(id)) this.map.removeFeatureState({ source: SOURCE, sourceLayer, id }, 'class');
    for (const [id, value] of now) if (given.get(id) !== value) this.map.setFeatureState({ source: SOURCE, sourceLayer, id }, { class: value });
    this.#given.set(sourceLayer, now);
  }

  #plural(): string | null {
    return this.levels.find(({ name }) => name === this.#column?.level)?.plural ?? null;
  }

  #layer(style: Style): (FillLayerSpecification & { 'source-layer': string }) | null {
    const sourceLayer = this.#plural();
    if (!this.#column || !sourceLayer) return null;
    const { ramp, noData } = paletteOf(style);
    const pairs = shades(ramp, this.#column.classes.length + 1).flatMap((colour, i) => [i, colour]);
    return {
      id: idOf(sourceLayer),
      type: 'fill',
      source: SOURCE,
      'source-layer': sourceLayer,
      paint: {
        // The pairs' types are lost in the list; MapLibre checks them itself.
        'fill-color': ['match', ['coalesce', ['feature-state', 'class'], -1], ...pairs, noData] as never,
        'fill-antialias': false,
      },
    };
  }
}
