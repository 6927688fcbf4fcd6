// The address: all that a link must show again. `#map=zoom/lat/lon` belongs to MapLibre (its option
// `hash: 'map'`); everything else is here, once, and what has its default is left out.
//
//   #map=13/33.77/120.25&unit=320924100&at=120.2512,33.7701&acc=20&measure=households&style=night&lang=en&v=3&table=town&display&plan=3&compare=1
//
// What a reader does (choose, locate, open) makes a step in the history; how it is shown does not.

import type { LonLat } from './server';

export type Lang = 'zh' | 'en';
export type Style = 'day' | 'night';

const KEYS = ['unit', 'at', 'acc', 'measure', 'style', 'lang', 'v', 'table', 'display', 'plan', 'compare'] as const;
type Key = (typeof KEYS)[number];
type Values = Partial<Record<Key, string>>;

const params = () => new URLSearchParams(location.hash.slice(1));

function readAll(): Values {
  const now = params();
  return Object.fromEntries(KEYS.flatMap((key) => (now.has(key) ? [[key, now.get(key)]] : [])));
}

class Route {
  #values = $state.raw<Values>(readAll());
  // Two steps, so that the point is the same object for as long as its text is the same.
  #pin = $derived(this.#values.at);
  #at = $derived(asPoint(this.#pin));

  constructor() {
    const read = () => (this.#values = readAll());
    addEventListener('popstate', read);
    addEventListener('hashchange', read);
  }

  /** Code of the chosen unit, or `uid:N`. */
  get unit(): string | null {
    return this.#values.unit || null;
  }

  /** The pin, in WGS84. */
  get at(): LonLat | null {
    return this.#at;
  }

  /** How exact the pin is, in metres (68 %); null where nobody said. */
  get accuracy(): number | null {
    const metres = Number(this.#values.acc);
    return metres > 0 && metres <= 10_000 ? metres : null;
  }

  /** Id of the measure that colours the map. */
  get measure(): string | null {
    return this.#values.measure || null;
  }

  /** Null follows the system. */
  get style(): Style | null {
    const style = this.#values.style;
    return style === 'day' || style === 'night' ? style : null;
  }

  get lang(): Lang {
    return this.#values.lang === 'en' ? 'en' : 'zh';
  }

  /** The version shown; null shows the current one, whichever it is. */
  get version(): number | null {
    const number = Number(this.#values.v);
    return Number.isSafeInteger(number) && number > 0 ? number : null;
  }

  /** Whether the table stands beside the map. */
  get table(): boolean {
    return this.#values.table !== undefined;
  }

  /** The plan that is open: its number, or null for the list of plans. */
  get plan(): number | null {
    const number = Number(this.#values.plan);
    return Number.isSafeInteger(number) && number > 0 ? number : null;
  }

  /** Whether plans are worked on. */
  get planning(): boolean {
    return this.#values.plan !== undefined;
  }

  /** The older version that the one shown is compared with. */
  get compared(): number | null {
    const number = Number(this.#values.compare);
    return Number.isSafeInteger(number) && number > 0 ? number : null;
  }

  /** A step that Back undoes. `null` drops an entry. */
  go(change: Partial<Record<Key, string | null>>): void {
    this.#write(change, (hash) => history.pushState(null, '', hash));
  }

  /** A setting: changes the address in place. */
  set(change: Partial<Record<Key, string | null>>): void {
    this.#write(change, (hash) => history.replaceState(history.state, '', hash));
  }

  /** The level that the table shows; null leaves it to the zoom. */
  get tableLevel(): string | null {
    return this.#values.table || null;
  }

  /** Whether the page is drawn for a wall; null leaves it to the size of the window. */
  get display(): boolean | null {
    const display = this.#values.display;
    return display === undefined ? null : display !== '0';
  }

  #write(change: Partial<Record<Key, string | null>>, put: (hash: string) => void): void {
    const next = params();
    for (const [key, value] of Object.entries(change)) {
      if (value === null) next.delete(key);
      else if (value !== undefined) next.set(key, value);
    }
    // Slashes, commas and colons are allowed in a fragment, and read better than %2F, %2C and %3A.
    const hash = next.toString().replaceAll('%2F', '/').replaceAll('%2C', ',').replaceAll('%3A', ':').replace(/=(?=&|$)/g, '');
    const before = location.hash.slice(1);
    if (hash !== before) put(hash ? `#${hash}` : location.pathname + location.search);
    this.#values = readAll();
  }
}

function asPoint(text: string | undefined): LonLat | null {
  const [lon, lat, ...rest] = (text ?? '').split(',').map((part) => (part ? Number(part) : NaN));
  const fine = rest.length === 0 && lon !== undefined && lat !== undefined && Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
  return fine ? { lon, lat } : null;
}

/** A pin as the address has it: a decimetre is enough. */
export const pointText = ({ lon, lat }: LonLat): string => `${lon.toFixed(6)},${lat.toFixed(6)}`;

export const route = new Route();
