// The search as it goes: the text, the datum, what was found, and which of it Enter would take.

import { remember, remembered, type Stated } from './datum';
import { Latest } from './latest.svelte';
import { route } from './route.svelte';
import { search, type Found, type FoundCoordinate, type FoundLandmark } from './search';

const LIMIT = 20;
const PAUSE_MS = 60; // between two keys of a quick typist

export class Finder {
  text = $state('');
  datum: Stated = $state(remembered());
  /** Whether the results stand in the left panel. */
  open = $state(false);
  /** The row that Enter takes. */
  active = $state(0);
  /** Several lines that were pasted: better a list than a search. */
  offer: string | null = $state.raw(null);
  #traced: FoundLandmark | null = $state.raw(null);
  #latest: Latest<{ results: Found[] }>;
  #timer = 0;

  results: Found[] = $derived.by(() => once(this.#latest.answer?.results ?? []));
  /** The readings of one coordinate whose datum nobody knows. Null where there is no choice to make. */
  rivals = $derived(this.datum === 'any' ? readings(this.results) : null);

  constructor(onsilent: () => void) {
    this.#latest = new Latest(onsilent);
  }

  /** The canal or road that is set off on the map, for as long as the results stand beside it. */
  get traced(): FoundLandmark | null {
    return this.open ? this.#traced : null;
  }

  trace(line: FoundLandmark): void {
    this.#traced = line;
  }

  get problem(): unknown {
    return this.#latest.problem;
  }

  get busy(): boolean {
    return this.#latest.busy;
  }

  /** Whether the answer is to the text as it stands. */
  get answered(): boolean {
    return this.#latest.answer !== null && !this.#latest.busy;
  }

  type(text: string): void {
    this.text = text;
    this.offer = null;
    this.#traced = null;
    this.open = text.trim() !== '';
    clearTimeout(this.#timer);
    if (this.open) this.#timer = setTimeout(() => void this.ask(), PAUSE_MS);
    else this.#latest.clear();
  }

  /** Shows the results again, asked anew: a version may have been published since. */
  reopen(): void {
    if (!this.text.trim()) return;
    this.open = true;
    void this.ask();
  }

  choose(datum: Stated): void {
    this.datum = datum;
    remember(datum);
    this.reopen();
  }

  /** Shows what a coordinate of unknown datum may be. The datum that is remembered stays. */
  compare(text: string): void {
    this.datum = 'any';
    this.type(text);
  }

  async ask(): Promise<void> {
    clearTimeout(this.#timer);
    const [text, datum] = [this.text.trim(), this.datum];
    if (!text) return;
    await this.#latest.ask((signal) => search(text, datum, LIMIT, route.version, signal), true);
    this.active = 0;
  }

  /** The first result of the text as it stands, awaited if it is still to come. */
  async first(): Promise<Found | undefined> {
    if (!this.answered) await this.ask();
    return this.results[this.active];
  }

  move(step: number): void {
    const count = this.results.length;
    if (count > 0) this.active = (this.active + step + count) % count;
  }

  close(): void {
    this.open = false;
    this.#traced = null;
  }

  clear(): void {
    this.type('');
  }
}

/** CGCS2000 leads to where WGS84 leads: it is no reading of its own. */
function once(results: Found[]): Found[] {
  return results.filter((found, i) => found.kind !== 'coordinate' || results.findIndex((other) => other.lon === found.lon && other.lat === found.lat) === i);
}

function readings(results: Found[]): FoundCoordinate[] | null {
  const all = results.filter((result) => result.kind === 'coordinate');
  return all.length > 1 && all.length === new Set(all.map((one) => one.crs)).size ? all : null;
}
