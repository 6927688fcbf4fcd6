// The list as it goes: the text, how it was read, what the server answered, and the answer counted by unit.

import type { Datum } from '../datum';
import { Latest } from '../latest.svelte';
import { route } from '../route.svelte';
import type { Summary, Unit } from '../server';
import { unitsOf } from '../units';
import { locateAll, type Answer, type Item } from './answer';
import { tableOf, type Table } from './columns';
import { rowsOfGeoJson } from './geojson';
import { decode, rowsOf } from './sheet';

/** More rows than a browser should hold; the command line has no limit. */
export const MOST_ROWS = 200_000;

export type Refusal = 'none' | 'many' | 'unread';

/** Depth of the level that is counted; or the rows themselves, or the bad ones. */
export type Tab = number | 'rows' | 'bad';

export interface Count {
  code: string;
  count: number;
}

export class PointList {
  open = $state(false);
  text = $state('');
  /** The file that the list came from; null for a pasted one. */
  name: string | null = $state.raw(null);
  datum: Datum = $state('wgs84');
  /** What is shown of the answer; null is the lowest level's counts. */
  tab: Tab | null = $state(null);
  refused: Refusal | null = $state(null);
  #table: Table | null = $state.raw(null);
  #latest: Latest<Answer>;
  #names: Latest<Map<string, Unit>>;

  items: Item[] = $derived.by(() => this.#latest.answer?.items ?? []);
  bad = $derived(this.items.filter((item) => item.fault));
  good = $derived(this.items.filter((item) => !item.fault));
  inside = $derived(this.good.filter((item) => item.codes.some((code) => code !== '')));

  constructor(
    private readonly summary: () => Summary | null,
    onsilent: () => void,
  ) {
    this.#latest = new Latest(onsilent);
    this.#names = new Latest(onsilent);
  }

  get busy(): boolean {
    return this.#latest.busy;
  }

  get problem(): unknown {
    return this.#latest.problem;
  }

  get answer(): Answer | null {
    return this.#latest.answer;
  }

  async file(file: File): Promise<void> {
    this.open = true;
    this.name = file.name;
    const text = await file.arrayBuffer().then(decode, () => null);
    if (text === null) this.#refuse('unread');
    else await this.locate(text);
  }

  paste(text: string): Promise<void> {
    this.open = true;
    this.name = null;
    this.text = text;
    return this.locate(text);
  }

  async locate(text: string): Promise<void> {
    const summary = this.summary();
    if (!summary) return;
    const rows = rowsOfGeoJson(text) ?? rowsOf(text);
    if (rows.length > MOST_ROWS + 1) return this.#refuse('many');
    this.#table = tableOf(rows, summary.bounds);
    if (!this.#table || this.#table.rows.length === 0) return this.#refuse('none');
    this.refused = null;
    await this.ask();
  }

  /** Reads the same coordinates under another datum. */
  async read(datum: Datum): Promise<void> {
    this.datum = datum;
    await this.ask();
  }

  async ask(): Promise<void> {
    const table = this.#table;
    const levels = this.summary()?.levels.length ?? 0;
    if (table) await this.#latest.ask((signal) => locateAll(table, this.datum, levels, route.version, signal));
  }

  /** Names of a level's units by code; asked for once the list is counted by that level. */
  async nameLevel(level: string): Promise<void> {
    await this.#names.ask(async (signal) => new Map((await unitsOf(level, route.version, signal)).map((unit) => [unit.code, unit])));
  }

  unit(code: string): Unit | null {
    return this.#names.answer?.get(code) ?? null;
  }

  /** Points by unit of the level at `depth` (0 is the top), most first; '' are those in none. */
  counts(depth: number): Count[] {
    const counts = new Map<string, number>();
    for (const { codes } of this.good) counts.set(codes[depth] ?? '', (counts.get(codes[depth] ?? '') ?? 0) + 1);
    const all = [...counts].map(([code, count]) => ({ code, count }));
    return all.sort((a, b) => Number(a.code === '') - Number(b.code === '') || b.count - a.count || a.code.localeCompare(b.code));
  }

  /** Back to the empty field. */
  clear(): void {
    this.#latest.clear();
    this.#table = null;
    this.refused = null;
    this.tab = null;
    this.text = '';
    this.name = null;
  }

  #refuse(why: Refusal): void {
    this.#latest.clear();
    this.#table = null;
    this.refused = why;
  }
}
