// The reader's own points on the map: the readings of a coordinate whose datum nobody knows, or else a list. They are
// drawn and shown whole, and one that is clicked becomes the pin.

import { untrack } from 'svelte';
import type { Camera, Chosen } from './chosen.svelte';
import type { Finder } from './find.svelte';
import { coordinate } from './format';
import type { Messages } from './i18n';
import type { Item } from './list/answer';
import type { PointList } from './list/list.svelte';
import { around } from './map/around';
import type { Drawn } from './map/points';
import type { LonLat } from './server';

const NEAREST_ZOOM = 16;
const LABEL_PX = 48; // what is written beside a point needs room

export class OwnPoints {
  /** The readings, while they stand at the left. */
  rivals = $derived.by(() => (this.finder.open ? this.finder.rivals : null));

  /** Made while a component starts. `room`: the readings are shown again when it changes, a list is not. */
  constructor(
    private readonly finder: Finder,
    private readonly list: PointList,
    private readonly chosen: Chosen,
    private readonly camera: () => Camera | undefined,
    room: () => unknown,
  ) {
    $effect(() => {
      void room();
      const { rivals } = this;
      if (rivals) untrack(() => this.#fit(rivals));
    });
    // Less what strays from the county.
    $effect(() => {
      if (list.answer && list.fresh) untrack(() => this.#fit((list.inside.length > 0 ? list.inside : list.good).flatMap(({ readings }) => readings.map(({ at }) => at))));
    });
  }

  /** A point's id is its place in what it comes from. */
  drawn(m: Messages): Drawn[] {
    if (this.rivals) return this.rivals.map((one, id) => ({ at: one, id, label: m.datums[one.crs as 'wgs84'] ?? one.crs }));
    if (!this.list.open) return [];
    return this.list.good.flatMap((item) => item.readings.map(({ at }) => ({ at, id: item.row - 1 })));
  }

  /** Shows a row of the list; where nobody knows its datum, all that it may be, beside each other. */
  show({ given, readings }: Item): void {
    const [first, ...others] = readings;
    if (given && others.length > 0) this.finder.compare(coordinate(given));
    else if (first) this.chosen.go(first.at);
  }

  /** One of them was clicked. */
  pick(id: number): void {
    const [rival, row] = [this.rivals?.[id], this.list.items[id]];
    if (rival) this.chosen.pick(rival);
    else if (row && row.readings.length > 1) this.show(row);
    else if (row?.readings[0]) this.chosen.pick(row.readings[0].at);
  }

  #fit(places: LonLat[]): void {
    const box = around(places);
    if (box) this.camera()?.fit(box, NEAREST_ZOOM, LABEL_PX);
  }
}
