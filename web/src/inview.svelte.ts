// Of a long list of rows of one height, those in sight: the others have their place kept, and are not in the document.
// On paper all are.

import { flushSync } from 'svelte';

const AROUND = 8; // rows beyond the edges, so that a flick shows no gap

export class InView {
  /** As scrolled and as measured, in px. */
  top = $state(0);
  height = $state(600);
  #all = $state(false);

  /** The first row that is there, and the one after the last. */
  first: number = $derived.by(() => (this.#all ? 0 : Math.max(0, Math.floor(this.top / this.rowPx) - AROUND)));
  end: number = $derived.by(() => (this.#all ? this.count() : Math.min(this.count(), Math.ceil((this.top + this.height) / this.rowPx) + AROUND)));

  /** Made while a component starts. */
  constructor(
    private readonly rowPx: number,
    private readonly count: () => number,
  ) {
    $effect(() => {
      const print = () => flushSync(() => (this.#all = true)); // a printer does not wait for the next frame
      const printed = () => (this.#all = false);
      addEventListener('beforeprint', print);
      addEventListener('afterprint', printed);
      return () => {
        removeEventListener('beforeprint', print);
        removeEventListener('afterprint', printed);
      };
    });
  }
}
