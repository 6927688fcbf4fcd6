// Brings into view what a plan speaks of: all that it changes, an edit, some units, the pieces of a suggested way.

import type { Camera } from '../chosen.svelte';
import { around } from '../map/around';
import type { LonLat } from '../server';
import { unit as askUnit } from '../units';
import type { Changes, Edit, Place, Way } from './api';
import { codesOf, type Plans } from './plans.svelte';

/** The closest zoom, and how much stays free on every side in px. */
const CLOSEST = 16;
const FREE = 24;

export class Show {
  constructor(
    private readonly plans: Plans,
    private readonly camera: () => Camera | null,
  ) {}

  place([lon, lat]: Place): void {
    this.camera()?.fly({ lon, lat });
  }

  all(): void {
    this.#fit(placesOf(this.plans.changes.answer?.features ?? []));
  }

  way(way: Way | null): void {
    const rings = way?.parts.flatMap(({ geometry }) => geometry.coordinates.flat(2)) ?? [];
    this.#fit(rings.map(([lon = 0, lat = 0]) => ({ lon, lat })));
  }

  edit(edit: Edit): void {
    const [code] = codesOf(edit);
    if (edit.op === 'move_node') this.place(edit.at);
    else if (code) void this.unit(code);
  }

  /** What changes hands of some units; where nothing does, the first of them. */
  units(codes: string[]): void {
    const uids = new Set(this.plans.uidsOf(codes));
    const moved = (this.plans.changes.answer?.features ?? []).filter(({ properties: { from_uid, to_uid } }) => uids.has(from_uid ?? -1) || uids.has(to_uid ?? -1));
    if (!this.#fit(placesOf(moved)) && codes[0]) void this.unit(codes[0]);
  }

  async unit(code: string): Promise<void> {
    const found = await askUnit(code, this.plans.plan?.base_version ?? null).catch(() => null);
    if (found) this.camera()?.fit(found.bbox, CLOSEST, FREE);
  }

  #fit(places: LonLat[]): boolean {
    const box = around(places);
    if (box) this.camera()?.fit(box, CLOSEST, FREE);
    return box !== null;
  }
}

const placesOf = (pieces: Changes['features']): LonLat[] => pieces.flatMap(({ geometry }) => geometry.coordinates.flat().map(([lon = 0, lat = 0]) => ({ lon, lat })));
