// What the address chooses: a pin and what is there, a unit and what is known of it, and who is responsible for
// what is in front. A click, Back and a link all come this way: they change the address, and it is read here.

import { untrack } from 'svelte';
import { Latest } from './latest.svelte';
import { around } from './map/around';
import { people, type Person } from './people';
import { NEAR_BORDER_M } from './pintext';
import { pointText, route } from './route.svelte';
import * as server from './server';
import * as units from './units';

/** What can be made to show a place. */
export interface Camera {
  /** Shows all of west, south, east, north: no nearer than `maxZoom`, less `margin` px on each side. */
  fit(box: server.Summary['bounds'], maxZoom?: number, margin?: number): void;
  fly(at: server.LonLat): void;
}

/** Clear of the legend, and of the bar over the pin. */
const BESIDE_PX = 128;

/** The map waits so long for what the card says of a unit. */
const PATIENCE_MS = 250;

/** A panel's new height is known a frame after it was drawn. */
async function frames(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise(requestAnimationFrame);
}

export class Chosen {
  readonly pin: Latest<server.Location>;
  readonly near = new Latest<server.Near[]>();
  readonly unit: Latest<units.UnitFacts>;
  readonly facts = new Latest<units.Fact[]>();
  readonly past = new Latest<units.Revision[]>();
  readonly people = new Latest<Person[]>();
  /** What a list points at. */
  hint = $state.raw<server.Unit | null>(null);

  // A link without a view of its own shows what it chooses; one that has a view is left as it is.
  #fly = !/[#&]map=/.test(location.hash);

  /** Whether the map has just been brought to the pin, rather than the pin put on the map. */
  #flown = false;

  /** Made while a component starts. `silent` is told of a server that did not answer. */
  constructor(
    private readonly camera: () => Camera | undefined,
    private readonly drawn: () => boolean,
    silent: () => void,
  ) {
    this.pin = new Latest(silent);
    this.unit = new Latest(silent);
    $effect(() => {
      void [route.at, route.accuracy, route.version];
      untrack(() => void this.locate());
    });
    $effect(() => {
      void [route.unit, route.version];
      untrack(() => void this.open());
    });
    // An answer that was asked for again is another one: its people may be others too.
    const responsible = $derived((route.unit ? this.unit.answer : this.pin.answer?.leaf) ?? null);
    $effect(() => {
      const [code, v] = [responsible?.code, route.version];
      untrack(() => (code ? void this.people.ask((signal) => people(code, v, signal), true) : this.people.clear()));
    });
    $effect(() => {
      if (this.drawn()) untrack(() => this.#arrive());
    });
  }

  /** What is marked on the map; of a pin outside, the nearest unit. */
  get marked(): server.Unit | null {
    const pin = this.pin.answer;
    return route.unit ? this.unit.answer : (pin?.leaf ?? pin?.nearest ?? null);
  }

  /** `keep`: what is shown stays until the answer is there. */
  async locate(keep = false): Promise<void> {
    if (!keep) this.near.clear();
    const [at, v] = [route.at, route.version];
    if (!at) return this.pin.clear();
    // Asked for the accuracy of a careful click even where nobody said: it counts near a border only.
    const found = await this.pin.ask((signal) => server.locate(at, route.accuracy ?? NEAR_BORDER_M, v, signal), keep);
    if (!found) return;
    void this.#beside(found);
    await this.near.ask((signal) => server.near(at, 3, v, signal).then(({ points }) => points), keep);
  }

  async open(keep = false): Promise<void> {
    if (!keep) {
      this.facts.clear();
      this.past.clear();
    }
    const [code, v] = [route.unit, route.version];
    if (!code) return this.unit.clear();
    const unit = await this.unit.ask((signal) => units.unit(code, v, signal), keep);
    if (!unit) return;
    const more = Promise.all([this.facts.ask(() => units.facts(unit), keep), this.past.ask((signal) => units.history(unit.code, signal), keep)]);
    // On a phone the card takes as much of the map as there is to say: the unit is shown in what is left then.
    await Promise.race([more, new Promise((done) => setTimeout(done, PATIENCE_MS))]);
    await frames(2);
    this.#arrive();
    await more;
  }

  /** Asks again: there is a newer version, or something did not come. */
  renew(): void {
    void this.locate(true);
    void this.open(true);
  }

  /** Puts the pin there. */
  pick(at: server.LonLat): void {
    route.go({ at: pointText(at), unit: null, acc: null });
  }

  /** Puts the pin there, and shows the place. */
  go(at: server.LonLat): void {
    this.pick(at);
    this.#flown = true;
    this.camera()?.fly(at);
  }

  choose({ code }: Pick<server.Unit, 'code'>): void {
    this.hint = null;
    if (code === route.unit && this.unit.answer) return this.fit();
    this.#fly = true;
    route.go({ unit: code });
  }

  /** Shows the whole unit. */
  fit(): void {
    if (this.unit.answer) this.camera()?.fit(this.unit.answer.bbox);
  }

  closeUnit(): void {
    route.go({ unit: null });
  }

  closePin(): void {
    route.go({ at: null, acc: null });
  }

  /** Goes where the address leads, once there is a map and, for a unit, its extent. */
  #arrive(): void {
    if (!this.#fly || !this.drawn() || (route.unit && !this.unit.answer)) return;
    this.#fly = false;
    if (this.unit.answer) return this.fit();
    if (!route.at) return;
    this.#flown = true;
    this.camera()?.fly(route.at);
    if (this.pin.answer) void this.#beside(this.pin.answer);
  }

  /** Outside there is nothing to be seen round a pin: once flown there, it is shown together with the nearest unit. */
  async #beside({ point, nearest }: server.Location): Promise<void> {
    const flown = this.#flown;
    if (!this.drawn()) return; // `#arrive` follows
    this.#flown = false;
    if (!flown || !nearest) return;
    const unit = await units.unit(nearest.code, route.version).catch(() => null);
    const box = unit && around([point, { lon: unit.bbox[0], lat: unit.bbox[1] }, { lon: unit.bbox[2], lat: unit.bbox[3] }]);
    if (box && route.at) this.camera()?.fit(box, 15, BESIDE_PX);
  }
}
