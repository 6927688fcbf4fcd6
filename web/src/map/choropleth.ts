// A measure as the colour of the land: a fill layer over the tints and under water, roads and borders.
// The class of each unit is a state of its feature; which class has which colour stands in the layer.
// Each level has a layer of its own, a lower level's over a higher one's: while the villages' tiles are
// still being laid out, the towns stay in view. A layer that is not wanted becomes transparent and stays: MapLibre
// (6.17) throws where a layer with states is removed while one of its tiles is being laid out.

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
  /** By layer of the tiles: the column that it was coloured with last. */
  #laid = new Map<string, Column>();

  constructor(
    private readonly map: Canvas,
    private readonly levels: Summary['levels'],
  ) {}

  /** A style that is about to be shown, with the measure in its place. */
  over(next: StyleSpecification, style: Style): StyleSpecification {
    const ours = this.#layers(style);
    const { layers } = next;
    const at = layers.findIndex(isGround);
    // Not toSpliced: Edge 109 has none.
    return { ...next, layers: at < 0 ? [...layers, ...ours] : [...layers.slice(0, at), ...ours, ...layers.slice(at)] };
  }

  show(column: Column | null, style: Style): void {
    if (this.#column === column) return;
    this.#column = column;
    const plural = this.#plural();
    if (column && plural) this.#laid.set(plural, column);
    if (!this.map.getSource(SOURCE)) return; // not loaded yet: `over` and `restore` follow
    this.#give();
    this.#lay(style);
  }

  /** After a style was loaded afresh: it knows of no classes, and a measure may have come while it was loading. */
  restore(style: Style): void {
    this.#given.clear();
    this.#give();
    this.#lay(style);
  }

  /** Brings the layers to what is wanted of them; those that are missing are added. */
  #lay(style: Style): void {
    let above = this.map.getStyle().layers.find(isGround)?.id;
    for (const layer of this.#layers(style).reverse()) {
      if (this.map.getLayer(layer.id)) {
        for (const name of ['fill-color', 'fill-opacity'] as const) this.map.setPaintProperty(layer.id, name, layer.paint?.[name]);
      } else {
        this.map.addLayer(layer, above);
        // A tile that comes before the next frame would ask the layer for colours that it has not worked out yet.
        this.map.redraw();
      }
      above = layer.id;
    }
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

  /** A layer for each level that has been coloured, upper levels first. Opaque are that of the measure and those above it in
   * the same measure, which show until it has come. */
  #layers(style: Style): (FillLayerSpecification & { 'source-layer': string })[] {
    const lowest = this.levels.findIndex(({ name }) => name === this.#column?.level);
    const { ramp, noData } = paletteOf(style);
    return this.levels.flatMap(({ plural }, i) => {
      const column = this.#laid.get(plural);
      if (!column) return [];
      const pairs = shades(ramp, column.classes.length + 1).flatMap((colour, at) => [at, colour]);
      return {
        id: idOf(plural),
        type: 'fill' as const,
        source: SOURCE,
        'source-layer': plural,
        paint: {
          // The pairs' types are lost in the list; MapLibre checks them itself.
          'fill-color': ['match', ['coalesce', ['feature-state', 'class'], -1], ...pairs, noData] as never,
          'fill-opacity': i <= lowest && column.id === this.#column?.id ? 1 : 0,
          'fill-opacity-transition': { duration: 0 },
          'fill-antialias': false,
        },
      };
    });
  }
}
