// Marks on the map that are states of features: what is pointed at, what is chosen. At most one unit has
// each mark, of any level: it stands in the tiles' layer of its own level. The styles say how a mark looks.

import type { Map } from 'maplibre-gl';
import type { Summary, Unit } from '../server';

export type Marked = Pick<Unit, 'uid' | 'level'>;
type Mark = 'hover' | 'chosen';

export class Marks {
  #marked: Record<Mark, Marked | null> = { hover: null, chosen: null };

  constructor(
    private readonly map: Map,
    private readonly levels: Summary['levels'],
  ) {}

  set(mark: Mark, unit: Marked | null): void {
    const before = this.#marked[mark];
    if (before?.uid === unit?.uid) return;
    this.#marked[mark] = unit;
    if (!this.map.getSource('wangge')) return; // not loaded yet: `restore` follows
    const [old, now] = [this.#feature(before), this.#feature(unit)];
    if (old) this.map.removeFeatureState(old, mark);
    if (now) this.map.setFeatureState(now, { [mark]: true });
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
