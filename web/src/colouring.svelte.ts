// What colours the map: the measure that the address names, at the level that fits the zoom.

import { levelAt } from './map/levels';
import { column, measures, type Column, type Measure } from './measures';
import { reader } from './reader.svelte';
import { route } from './route.svelte';
import { Refused, type Summary } from './server';

export class Colouring {
  /** One entry for each measure and level. */
  all = $state.raw<Measure[]>([]);
  /** What is drawn; stays until what was asked next has come. */
  shown = $state.raw<Column | null>(null);
  /** Each measure once. */
  choices: Measure[] = $derived(this.all.filter(({ id }, i, all) => all.findIndex((other) => other.id === id) === i));

  /** Made while a component starts. `silent` is told of a server that did not answer. */
  constructor(
    private readonly summary: () => Summary | null,
    private readonly zoom: () => number | null,
    private readonly silent: () => void,
  ) {
    const version = $derived(this.summary()?.version ?? null);
    const wanted = $derived(this.#wanted());
    // The version's county and its points: what the numbers are of.
    const counted = $derived(`${this.summary()?.build} ${this.summary()?.features_at}`);
    const may = $derived(reader.has('read-measures'));
    $effect(() => {
      void [counted, may];
      if (version !== null) void this.#load(version);
    });
    $effect(() => {
      void counted;
      if (wanted && version !== null) void this.#draw(wanted, version);
      else this.shown = null;
    });
  }

  /** The next measure, after the last none. */
  cycle(): void {
    const ids = this.choices.map(({ id }) => id);
    const at = ids.indexOf(route.measure ?? '');
    route.set({ measure: ids[at + 1] ?? null });
  }

  async #load(version: number): Promise<void> {
    try {
      this.all = await measures(version);
    } catch (problem) {
      this.all = [];
      if (!(problem instanceof Refused)) this.silent();
    }
  }

  async #draw(wanted: Measure, version: number): Promise<void> {
    try {
      const found = await column(wanted, version);
      if (this.#wanted() === wanted) this.shown = found;
    } catch (problem) {
      if (!(problem instanceof Refused)) this.silent();
    }
  }

  /** The measure at the level of this zoom, or at the next level above that it is counted at. */
  #wanted(): Measure | null {
    const levels = this.summary()?.levels;
    const of = this.all.filter(({ id }) => id === route.measure);
    if (!levels || of.length === 0) return null;
    const names = levels.map(({ name }) => name);
    const down = names.slice(0, names.indexOf(levelAt(levels, this.zoom() ?? 0)) + 1).reverse();
    return down.flatMap((name) => of.find(({ level }) => level === name) ?? [])[0] ?? of.at(-1) ?? null;
  }
}
