// The list as it goes: the text, how it was read, what the server answered, and the answer counted by unit.

import type { Stated } from '../datum';
import { Latest } from '../latest.svelte';
import { route } from '../route.svelte';
import type { Messages } from '../i18n';
import type { Summary, Unit } from '../server';
import { unitsOf } from '../units';
import { agreedCode, isCertain, locateAll, type Answer, type Item } from './answer';
import { tableOf, type Table } from './columns';
import { rowsOfGeoJson } from './geojson';
import { mixedTable } from './mixed';
import { result } from './result';
import { decode, sheetOf, spreadsheet } from './sheet';

/** More rows than a browser should hold; the command line has no limit. */
export const MOST_ROWS = 200_000;

export type Refusal = 'none' | 'many' | 'unread';

/** Depth of the level that is counted; or the rows themselves, those that depend on the datum, or the bad ones. */
export type Tab = number | 'rows' | 'depends' | 'bad';

export interface Count {
  /** '' for none, null where it depends on the datum. */
  code: string | null;
  count: number;
}

const unitsByCode = async (level: string, signal?: AbortSignal): Promise<Map<string, Unit>> =>
  new Map((await unitsOf(level, route.version, signal)).map((unit) => [unit.code, unit]));

export class PointList {
  open = $state(false);
  text = $state('');
  /** The file that the list came from; null for a pasted one. */
  name: string | null = $state.raw(null);
  datum: Stated = $state('wgs84');
  /** What is shown of the answer; null is the lowest level's counts. */
  tab: Tab | null = $state(null);
  refused: Refusal | null = $state(null);
  /** Whether the reader asked for the answer. */
  fresh = true;
  #table: Table | null = $state.raw(null);
  #latest: Latest<Answer>;
  #names: Latest<Map<string, Unit>>;

  items: Item[] = $derived.by(() => this.#latest.answer?.items ?? []);
  bad = $derived(this.items.filter((item) => item.fault));
  good = $derived(this.items.filter((item) => !item.fault));
  /** Those that lie in some unit, under whichever datum. */
  inside = $derived(this.good.filter(({ readings }) => readings.every(({ codes }) => codes.some((code) => code !== ''))));
  /** Those whose unit is another one under another datum. */
  depends = $derived(this.good.filter((item) => !isCertain(item)));

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
    const features = rowsOfGeoJson(text);
    const sheet = features ? { rows: features, lines: [] } : sheetOf(text);
    if (sheet.rows.length > MOST_ROWS + 1) return this.#refuse('many');
    this.#table = features ? tableOf(features, summary.bounds) : mixedTable(sheet, summary.bounds);
    if (!this.#table || this.#table.rows.length === 0) return this.#refuse('none');
    this.refused = null;
    await this.ask(true);
  }

  /** Reads the same coordinates under another datum. */
  async read(datum: Stated): Promise<void> {
    this.datum = datum;
    if (this.tab === 'depends') this.tab = null;
    await this.ask(true);
  }

  /** Unless the reader asks for something new, what is shown stays until the answer is there, and the map stays too. */
  async ask(fresh = false): Promise<void> {
    const table = this.#table;
    const levels = this.summary()?.levels.length ?? 0;
    this.fresh = fresh;
    if (table) await this.#latest.ask((signal) => locateAll(table, this.datum, levels, route.version, signal), !fresh);
  }

  /** Names of a level's units by code; asked for once the list is counted by that level. */
  async nameLevel(level: string): Promise<void> {
    await this.#names.ask((signal) => unitsByCode(level, signal));
  }

  /** The answer as a file for a spreadsheet, with the names of its units; null while there is none. */
  async result(m: Messages): Promise<Blob | null> {
    const { answer } = this;
    const levels = this.summary()?.levels.map(({ name }) => name) ?? [];
    const names = await Promise.all(levels.map((level) => unitsByCode(level)));
    return answer && spreadsheet(result(answer, levels, names, m));
  }

  unit(code: string): Unit | null {
    return this.#names.answer?.get(code) ?? null;
  }

  /** Points by unit of the level at `depth` (0 is the top), most first; last those in none, and those nobody can tell. */
  counts(depth: number): Count[] {
    const counts = new Map<string | null, number>();
    for (const item of this.good) {
      const code = agreedCode(item, depth);
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    const all = [...counts].map(([code, count]) => ({ code, count }));
    const rank = (code: string | null) => (code === null ? 2 : code === '' ? 1 : 0);
    return all.sort((a, b) => rank(a.code) - rank(b.code) || b.count - a.count || (a.code ?? '').localeCompare(b.code ?? ''));
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
