// Marks on the map that are states of features: what is pointed at, what is chosen. At most one unit has
// each mark, of any level: it stands in the tiles' layer of its own level. The styles say how a mark looks.
//
// A level's layers of marks come with its first mark: they need shaders of their own, and far out the grids of a whole
// county would be laid out for nothing.

import type { LayerSpecification, Map, StyleSpecification } from 'maplibre-gl';
import type { Summary, Unit } from '../server';

export type Marked = Pick<Unit, 'uid' | 'level'>;
type Mark = 'hover' | 'chosen';

/** A veil over the unit, or its edge. */
const isVeil = ({ id }: LayerSpecification) => id.endsWith('-marked');
const isMark = (layer: LayerSpecification) => isVeil(layer) || layer.id.endsWith('-marked-edge');

export class Marks {
  #marked: Record<Mark, Marked | null> = { hover: null, chosen: null };
  /** Layers of the tiles, of the levels that have had a mark. */
  #awake = new Set<string>();
  #veils = true;

  constructor(
    private readonly map: Map,
    private readonly levels: Summary['levels'],
  ) {}

  set(mark: Mark, unit: Marked | null): void {
    const before = this.#marked[mark];
    if (before?.uid === unit?.uid) return;
    this.#marked[mark] = unit;
    if (!this.map.getSource('wangge')) return; // not loaded yet: `restore` follows
    if (unit) this.#wake(unit);
    const [old, now] = [this.#feature(before), this.#feature(unit)];
    if (old) this.map.removeFeatureState(old, mark);
    if (now) this.map.setFeatureState(now, { [mark]: true });
  }

  /** `style` with the layers of marks seen or not. */
  over(style: StyleSpecification): StyleSpecification {
    for (const unit of Object.values(this.#marked)) if (unit) this.#awake.add(this.#pluralOf(unit) ?? '');
    const layers = style.layers.map((layer) => (isMark(layer) ? ({ ...layer, layout: { ...layer.layout, visibility: this.#visibility(layer) } } as LayerSpecification) : layer));
    return { ...style, layers };
  }

  #wake(unit: Marked): void {
    const plural = this.#pluralOf(unit);
    if (!plural || this.#awake.has(plural)) return;
    this.#awake.add(plural);
    this.#show();
  }

  /** Whether a unit is veiled, or only its edge is marked. */
  veil(veils: boolean): void {
    if (this.#veils === veils) return;
    this.#veils = veils;
    this.#show();
  }

  #show(): void {
    if (!this.map.getSource('wangge')) return; // not loaded yet: `over` follows
    for (const layer of this.map.getStyle().layers.filter(isMark)) this.map.setLayoutProperty(layer.id, 'visibility', this.#visibility(layer));
  }

  #visibility(layer: LayerSpecification): 'visible' | 'none' {
    const awake = 'source-layer' in layer && this.#awake.has(layer['source-layer'] ?? '');
    return awake && (this.#veils || !isVeil(layer)) ? 'visible' : 'none';
  }

  /** After a style was loaded afresh: it knows of no marks. */
  restore(): void {
    const marked = this.#marked;
    this.#marked = { hover: null, chosen: null };
    this.set('hover', marked.hover);
    this.set('chosen', marked.chosen);
  }

  #pluralOf(unit: Marked): string | null {
    return this.levels.find(({ name }) => name === unit.level)?.plural ?? null;
  }

  #feature(unit: Marked | null) {
    const sourceLayer = unit && this.#pluralOf(unit);
    return sourceLayer ? { source: 'wangge', sourceLayer, id: unit.uid } : null;
  }
}
