// Marks on the map that are states of features: what is pointed at, what is chosen. At most one unit has
// each mark, of any level: it stands in the tiles' layer of its own level. The styles say how a mark looks.
//
// The first map is drawn without the layers that marks are seen in: they need shaders of their own, and nothing is
// marked yet. They come once it stands, or with the first mark.

import type { LayerSpecification, Map, StyleSpecification } from 'maplibre-gl';
import type { Summary, Unit } from '../server';

export type Marked = Pick<Unit, 'uid' | 'level'>;
type Mark = 'hover' | 'chosen';

/** A veil over the unit, or its edge. */
const isVeil = ({ id }: LayerSpecification) => id.endsWith('-marked');
const isMark = (layer: LayerSpecification) => isVeil(layer) || layer.id.endsWith('-marked-edge');

export class Marks {
  #marked: Record<Mark, Marked | null> = { hover: null, chosen: null };
  #awake = false;
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
    if (unit) this.wake();
    const [old, now] = [this.#feature(before), this.#feature(unit)];
    if (old) this.map.removeFeatureState(old, mark);
    if (now) this.map.setFeatureState(now, { [mark]: true });
  }

  /** `style` with the layers of marks seen or not. */
  over(style: StyleSpecification): StyleSpecification {
    const layers = style.layers.map((layer) => (isMark(layer) ? ({ ...layer, layout: { ...layer.layout, visibility: this.#visibility(layer) } } as LayerSpecification) : layer));
    return { ...style, layers };
  }

  /** From now on marks are seen. */
  wake(): void {
    if (this.#awake) return;
    this.#awake = true;
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
    return this.#awake && (this.#veils || !isVeil(layer)) ? 'visible' : 'none';
  }

  /** After a style was loaded afresh: it knows of no marks. */
  restore(): void {
    const marked = this.#marked;
    this.#marked = { hover: null, chosen: null };
    this.set('hover', marked.hover);
    this.set('chosen', marked.chosen);
  }

  #feature(unit: Marked | null) {
    const level = unit && this.levels.find(({ name }) => name === unit.level);
    return level ? { source: 'wangge', sourceLayer: level.plural, id: unit.uid } : null;
  }
}
