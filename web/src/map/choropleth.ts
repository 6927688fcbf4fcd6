// A measure as the colour of the land: one fill layer over the tints and under water, roads and borders.
// The class of each unit is a state of its feature; which class has which colour stands in the layer.

import type { FillLayerSpecification, Map as Canvas, StyleSpecification } from 'maplibre-gl';
import { paletteOf } from '../palette';
import { classOf, shades, type Column } from '../measures';
import type { Summary } from '../server';
import type { Style } from '../session.svelte';

const ID = 'measure-fill';
const SOURCE = 'wangge';

export class Choropleth {
  #column: Column | null = null;
  /** The layer of the tiles, and the class that each of its features has been given. */
  #set: { sourceLayer: string; classes: Map<number, number> } | null = null;

  constructor(
    private readonly map: Canvas,
    private readonly levels: Summary['levels'],
  ) {}

  /** A style that is about to be shown, with the layer in its place. */
  over(next: StyleSpecification, style: Style): StyleSpecification {
    const layer = this.#layer(style);
    if (!layer) return next;
    const at = next.layers.findIndex((other) => 'source' in other && other.source === 'background');
    return { ...next, layers: next.layers.toSpliced(at < 0 ? next.layers.length : at, 0, layer) };
  }

  show(column: Column | null, style: Style): void {
    if (this.#column === column) return;
    this.#column = column;
    if (!this.map.getSource(SOURCE)) return; // not loaded yet: `over` and `restore` follow
    if (this.map.getLayer(ID)) this.map.removeLayer(ID);
    this.#colour();
    const layer = this.#layer(style);
    const above = this.map.getStyle().layers.find((other) => 'source' in other && other.source === 'background');
    if (layer) this.map.addLayer(layer, above?.id);
  }

  /** After a style was loaded afresh: it knows of no classes. */
  restore(): void {
    this.#set = null;
    this.#colour();
  }

  #colour(): void {
    const sourceLayer = this.#plural();
    const column = this.#column;
    const before = this.#set;
    const classes = new Map(column ? [...column.values].map(([uid, value]) => [uid, classOf(value, column.classes)]) : []);
    if (before) {
      const stale = [...before.classes.keys()].filter((uid) => before.sourceLayer !== sourceLayer || !classes.has(uid));
      for (const id of stale) this.map.removeFeatureState({ source: SOURCE, sourceLayer: before.sourceLayer, id }, 'class');
    }
    this.#set = sourceLayer ? { sourceLayer, classes } : null;
    if (!sourceLayer) return;
    for (const [id, value] of classes) this.map.setFeatureState({ source: SOURCE, sourceLayer, id }, { class: value });
  }

  #plural(): string | null {
    return this.levels.find(({ name }) => name === this.#column?.level)?.plural ?? null;
  }

  #layer(style: Style): FillLayerSpecification | null {
    const sourceLayer = this.#plural();
    if (!this.#column || !sourceLayer) return null;
    const palette = paletteOf(style);
    const colours = shades(palette.ramp, this.#column.classes.length + 1);
    const pairs = colours.flatMap((colour, i) => [i, colour]);
    return {
      id: ID,
      type: 'fill',
      source: SOURCE,
      'source-layer': sourceLayer,
      paint: {
        // The pairs' types are lost in the list; the style's own check is MapLibre's.
        'fill-color': ['match', ['coalesce', ['feature-state', 'class'], -1], ...pairs, palette.noData] as never,
        'fill-antialias': false,
      },
    };
  }
}
