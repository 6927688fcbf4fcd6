// Marks on the map that are states of features: what the pointer is over, what is chosen.
// At most one unit has each mark. The styles say how a mark looks.

import type { Map } from 'maplibre-gl';

export class Marks {
  #marked: Record<'hover' | 'chosen', number | null> = { hover: null, chosen: null };
  #layer: { source: string; sourceLayer: string };

  /** `layer` is the tiles' layer of the lowest level: every leaf is in it. */
  constructor(
    private readonly map: Map,
    layer: string,
  ) {
    this.#layer = { source: 'wangge', sourceLayer: layer };
  }

  set(mark: 'hover' | 'chosen', uid: number | null): void {
    const before = this.#marked[mark];
    if (before === uid) return;
    this.#marked[mark] = uid;
    if (!this.map.getSource(this.#layer.source)) return; // not loaded yet: `restore` follows
    if (before !== null) this.map.removeFeatureState({ ...this.#layer, id: before }, mark);
    if (uid !== null) this.map.setFeatureState({ ...this.#layer, id: uid }, { [mark]: true });
  }

  /** After a style was loaded afresh: it knows of no marks. */
  restore(): void {
    const marked = this.#marked;
    this.#marked = { hover: null, chosen: null };
    this.set('hover', marked.hover);
    this.set('chosen', marked.chosen);
  }
}
