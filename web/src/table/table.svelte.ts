// The table of a level as it goes: its rows, what they are narrowed to, and their order.

import type { Messages } from '../i18n';
import { Latest } from '../latest.svelte';
import { route } from '../route.svelte';
import type { Summary, Unit } from '../server';
import { fields, filtered, numeric, rows, sorted, type Field, type Order, type Row } from './rows';

export class UnitTable {
  /** What a row's code or name must hold. */
  text = $state('');
  /** Whether only rows within `scope` are shown. */
  within = $state(false);
  order: Order = $state.raw({ by: 'code', down: false });
  #latest: Latest<Row[]>;

  /** The level that the address names, or else the one it was opened at, even if the map is zoomed afterwards. */
  level: string = $derived.by(() => this.summary().levels.find(({ name }) => name === route.tableLevel)?.name ?? this.opened);
  all: Row[] = $derived.by(() => this.#latest.answer ?? []);
  fields: Field[] = $derived(fields(this.all));
  /** The chosen unit, if it has rows below it. */
  scope: Unit | null = $derived.by(() => this.#above(this.chosen()));
  rows: Row[] = $derived.by(() => sorted(filtered(this.all, this.text, this.within && this.scope ? this.scope.code : null), this.order, this.m()));

  /** Made while a component starts. `silent` is told of a server that did not answer. */
  constructor(
    private readonly summary: () => Summary,
    private readonly chosen: () => Unit | null,
    private readonly m: () => Messages,
    private readonly opened: string,
    silent: () => void,
  ) {
    this.#latest = new Latest(silent);
    $effect(() => void this.ask());
  }

  get answered(): boolean {
    return this.#latest.answer !== null;
  }

  get problem(): unknown {
    return this.#latest.problem;
  }

  get busy(): boolean {
    return this.#latest.busy;
  }

  async ask(): Promise<void> {
    const { levels, version } = this.summary();
    const { level } = this;
    await this.#latest.ask((signal) => rows(levels, level, version, signal));
  }

  /** Numbers are looked at from the greatest, words from the first; once more turns them round. */
  sort(by: Field): void {
    this.order = { by, down: this.order.by === by ? !this.order.down : numeric(by) };
  }

  #above(unit: Unit | null): Unit | null {
    const depth = (level: string) => this.summary().levels.findIndex(({ name }) => name === level);
    return unit && depth(unit.level) > 0 && depth(unit.level) < depth(this.level) ? unit : null;
  }
}
